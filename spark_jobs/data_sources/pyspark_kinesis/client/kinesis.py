"""The four calls that reading needs, with Kinesis' errors told apart by what to do about them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnectionError
from botocore.parsers import ResponseParserError

from ..errors import (
    InvalidArgumentError,
    IteratorExpiredError,
    ResourceNotFoundError,
    RetriableError,
    SourceError,
)
from ..offset import Position
from .shards import Shard

_THROTTLED = {
    "ProvisionedThroughputExceededException",
    "LimitExceededException",
    "ThrottlingException",
    "RequestLimitExceeded",
    "KMSThrottlingException",
}
_NAMED = {
    "ExpiredIteratorException": IteratorExpiredError,
    "ResourceNotFoundException": ResourceNotFoundError,
    "InvalidArgumentException": InvalidArgumentError,
}
_SERVER_FAULT = 500


@dataclass(frozen=True)
class StreamSummary:
    """One stream: when it was made, how long it keeps records, and its server's clock (all in ms)."""

    created: int
    retention: int
    now: int


@dataclass(frozen=True)
class Page:
    """The answer of one GetRecords; `next_iterator` is None at the end of a closed shard."""

    records: list[dict[str, Any]]
    next_iterator: str | None
    behind: int


class Kinesis:
    """Reads one region's streams through a boto3 client."""

    def __init__(self, client: Any, page_size: int = 1000) -> None:
        self._client = client
        self._page_size = page_size

    def describe(self, stream: str) -> StreamSummary:
        """Describe a stream; the clock is the server's own, to the second, rounded down."""
        answer = _call(self._client.describe_stream_summary, StreamName=stream)
        found = answer["StreamDescriptionSummary"]
        return StreamSummary(
            epoch_ms(found["StreamCreationTimestamp"]),
            found["RetentionPeriodHours"] * 3_600_000,
            _server_clock(answer),
        )

    def shards(self, stream: str) -> list[Shard]:
        """All shards that still hold records, closed ones too, parents before children."""
        found = [_shard(row) for page in self._shard_pages(stream) for row in page["Shards"]]
        return sorted(found, key=lambda shard: shard.shard_id)

    def _shard_pages(self, stream: str) -> Iterator[dict[str, Any]]:
        page = _call(self._client.list_shards, StreamName=stream, MaxResults=self._page_size)
        yield page
        while token := page.get("NextToken"):
            page = _call(self._client.list_shards, NextToken=token, MaxResults=self._page_size)
            yield page

    def iterator(self, stream: str, shard_id: str, position: Position) -> str:
        """A place to read from; behind a number it begins *with* it, so that a reader sees it is still there."""
        answer = _call(
            self._client.get_shard_iterator,
            StreamName=stream,
            ShardId=shard_id,
            **_start(position),
        )
        return str(answer["ShardIterator"])

    def records(self, iterator: str, limit: int) -> Page:
        answer = _call(self._client.get_records, ShardIterator=iterator, Limit=limit)
        behind = answer.get("MillisBehindLatest") or 0
        return Page(answer["Records"], answer.get("NextShardIterator"), behind)


def epoch_ms(moment: datetime) -> int:
    """Milliseconds since 1970, as offsets hold them."""
    return round(moment.timestamp() * 1000)


def _start(position: Position) -> dict[str, Any]:
    if position.after is not None:
        return {
            "ShardIteratorType": "AT_SEQUENCE_NUMBER",
            "StartingSequenceNumber": position.after,
        }
    if position.at is not None:
        moment = datetime.fromtimestamp(position.at / 1000, UTC)
        return {"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": moment}
    return {"ShardIteratorType": "TRIM_HORIZON"}


def _shard(row: Mapping[str, Any]) -> Shard:
    parents = (row.get("ParentShardId"), row.get("AdjacentParentShardId"))
    numbers = row["SequenceNumberRange"]
    return Shard(
        row["ShardId"],
        tuple(parent for parent in parents if parent),
        numbers["StartingSequenceNumber"],
        numbers.get("EndingSequenceNumber"),
    )


def _server_clock(answer: Mapping[str, Any]) -> int:
    """The Date header: records are stamped by this clock, not by ours."""
    date = answer["ResponseMetadata"].get("HTTPHeaders", {}).get("date")
    return epoch_ms(parsedate_to_datetime(date) if date else datetime.now(UTC))


def _call(operation: Callable[..., Any], **arguments: Any) -> Any:
    try:
        return operation(**arguments)
    except ClientError as error:
        raise _translated(error) from error
    except (NoConnectionError, HTTPClientError, ResponseParserError) as error:
        raise RetriableError(str(error)) from error
    except BotoCoreError as error:
        raise SourceError(
            f"Kinesis cannot be called: {error}. Check the options region, endpointUrl and the keys."
        ) from error


def _translated(error: ClientError) -> Exception:
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _NAMED:
        return _NAMED[code](str(error))
    if code in _THROTTLED or status >= _SERVER_FAULT:
        return RetriableError(str(error))
    return SourceError(f"Kinesis refused: {error}. Check the keys, the region and the permissions.")
