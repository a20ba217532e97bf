"""What Kinesis holds of a stream: every shard, open or closed, from its trim horizon to its tip."""

import time
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from services.aws import kinesis_client, kinesis_url
from services.ledger.errors import LedgerError
from services.ledger.sequence_numbers import ByShard, Gathered, Records
from services.records.ind import ind_of
from services.records.kinesis_api import EXPIRED_ITERATOR, NOT_FOUND, THROTTLED
from services.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient
    from mypy_boto3_kinesis.type_defs import GetRecordsOutputTypeDef, RecordTypeDef

SILENT_SECONDS = 30
"""How long a shard may give nothing, though it says that it has more."""

_PAUSE_SECONDS = 0.2
"""Kinesis allows five readings of a shard a second."""

Position = tuple[str, str]
"""Shard and sequence number."""

_CONFIG = Config(
    connect_timeout=3, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 2}
)


@dataclass(frozen=True)
class StreamContents:
    """What a stream holds.

    Attributes:
        records: Every record, by shard.
        horizon: What arrived before this moment may have been trimmed by retention; None when the
            stream is younger than its retention: then nothing has.
        created: When the stream was made; what arrived before was another one's of its name.
    """

    records: ByShard = field(default_factory=dict)
    horizon: datetime | None = None
    created: datetime | None = None


def read_stream(settings: Settings, stream: str) -> StreamContents:
    """Every record of a stream as it is now; a stream that does not exist is an empty one.

    Raises:
        LedgerError: Kinesis does not answer.
    """
    with _kinesis(settings) as client:
        if not (readers := _readers(client, stream)):
            return StreamContents()
        records = {reader.shard: _records(reader) for reader in readers}
        return StreamContents(records, *_times(client, stream))


def read_values(settings: Settings, stream: str, wanted: Set[Position]) -> dict[Position, bytes]:
    """The bytes of some records, as far as the stream still holds them.

    Raises:
        LedgerError: Kinesis does not answer.
    """
    with _kinesis(settings) as client:
        return {
            position: record["Data"]
            for reader in _readers(client, stream)
            for record in reader
            if (position := (reader.shard, record["SequenceNumber"])) in wanted
        }


@contextmanager
def _kinesis(settings: Settings) -> Iterator["KinesisClient"]:
    client = kinesis_client(settings, _CONFIG)
    try:
        yield client
    except (ClientError, BotoCoreError) as error:
        raise LedgerError(
            f"Kinesis at {kinesis_url(settings)} does not answer ({error}). "
            "Is the stack up? `make status`"
        ) from error
    finally:
        client.close()


def _readers(client: "KinesisClient", stream: str) -> list["ShardReader"]:
    """One for each shard, closed ones too; none when there is no stream."""
    try:
        pages = client.get_paginator("list_shards").paginate(StreamName=stream)
        shards = [shard["ShardId"] for page in pages for shard in page["Shards"]]
    except ClientError as error:
        if _code(error) != NOT_FOUND:
            raise
        return []
    return [ShardReader(client, stream, shard) for shard in shards]


def _records(reader: "ShardReader") -> Records:
    gathered = Gathered()
    for record in reader:
        gathered.add(record["SequenceNumber"], ind_of(record["Data"]))
    return gathered.records()


def _times(client: "KinesisClient", stream: str) -> tuple[datetime | None, datetime]:
    """Horizon and creation; asked for after the reading, so that what was trimmed meanwhile is old."""
    summary = client.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]
    horizon = datetime.now(UTC) - timedelta(hours=summary["RetentionPeriodHours"])
    created = summary["StreamCreationTimestamp"].astimezone(UTC)
    return (horizon if created < horizon else None), created


class ShardReader:
    """A shard's records from its trim horizon to the tip that it has when reading begins.

    A closed shard ends with its last record. An empty page is not the end: Kinesis gives some
    in between; nor can the tip be waited for while others write.
    """

    def __init__(self, client: "KinesisClient", stream: str, shard: str) -> None:
        self._client = client
        self.stream, self.shard = stream, shard
        self._last = ""

    def __iter__(self) -> Iterator["RecordTypeDef"]:
        began = datetime.now(UTC)
        deadline = time.monotonic() + SILENT_SECONDS
        iterator: str | None = self._iterator()
        while iterator:
            page = self._page(iterator)
            if records := page["Records"]:
                yield from records
                self._last = records[-1]["SequenceNumber"]
                deadline = time.monotonic() + SILENT_SECONDS
            if _at_tip(page, began):
                return
            self._check(deadline)
            iterator = page.get("NextShardIterator")

    def _page(self, iterator: str) -> "GetRecordsOutputTypeDef":
        """The next records, as soon as Kinesis gives them."""
        deadline = time.monotonic() + SILENT_SECONDS
        while True:
            try:
                return self._client.get_records(ShardIterator=iterator)
            except ClientError as error:
                self._check(deadline)
                if _code(error) == THROTTLED:
                    time.sleep(_PAUSE_SECONDS)
                elif _code(error) == EXPIRED_ITERATOR:
                    iterator = self._iterator()
                else:
                    raise

    def _iterator(self) -> str:
        """Where reading goes on: after the last record that came, else at the beginning."""
        if not self._last:
            return self._client.get_shard_iterator(
                StreamName=self.stream, ShardId=self.shard, ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
        return self._client.get_shard_iterator(
            StreamName=self.stream,
            ShardId=self.shard,
            ShardIteratorType="AFTER_SEQUENCE_NUMBER",
            StartingSequenceNumber=self._last,
        )["ShardIterator"]

    def _check(self, deadline: float) -> None:
        if time.monotonic() > deadline:
            raise LedgerError(
                f"Kinesis has stopped to deliver {self.shard} of {self.stream}. See `make logs`."
            )


def _at_tip(page: "GetRecordsOutputTypeDef", began: datetime) -> bool:
    if records := page["Records"]:
        return records[-1]["ApproximateArrivalTimestamp"] >= began
    return not page.get("MillisBehindLatest")


def _code(error: Exception) -> str:
    return str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else ""
