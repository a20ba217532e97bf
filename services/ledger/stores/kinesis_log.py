"""What Kinesis holds of a stream: every shard, open or closed, from its trim horizon to its tip."""

from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from services.aws import kinesis_client, kinesis_url
from services.ledger.errors import LedgerError
from services.ledger.shard_records import ByShard, ShardRecords, ShardRecordsBuilder
from services.ledger.stores.shard_log_reader import ShardLogReader, error_code
from services.records.ind import ind_of
from services.records.kinesis_api import NOT_FOUND
from services.records.kpl_records import user_records
from services.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient

Position = tuple[str, str]
"""Shard and sequence number."""

_CONFIG = Config(
    connect_timeout=3, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 2}
)


@dataclass(frozen=True)
class StreamContents:
    """What a stream holds.

    Attributes:
        records: Every record, by shard; each user record of an aggregated one, under the number that they share.
        horizon: What arrived before this moment may have been trimmed by retention; None when the
            stream is younger than its retention: then nothing has.
        created: When the stream was made; what arrived before was in an earlier stream of its name.
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


def read_values(
    settings: Settings, stream: str, wanted: Set[Position]
) -> dict[Position, list[bytes]]:
    """The bytes of each user record at some positions, as far as the stream still holds them.

    Raises:
        LedgerError: Kinesis does not answer.
    """
    with _kinesis(settings) as client:
        return {
            position: _values(record["Data"])
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


def _readers(client: "KinesisClient", stream: str) -> list[ShardLogReader]:
    """One for each shard, closed ones too; none when there is no stream."""
    try:
        pages = client.get_paginator("list_shards").paginate(StreamName=stream)
        shards = [shard["ShardId"] for page in pages for shard in page["Shards"]]
    except ClientError as error:
        if error_code(error) != NOT_FOUND:
            raise
        return []
    return [ShardLogReader(client, stream, shard) for shard in shards]


def _records(reader: ShardLogReader) -> ShardRecords:
    gathered = ShardRecordsBuilder()
    for record in reader:
        for value in _values(record["Data"]):
            gathered.add(record["SequenceNumber"], ind_of(value))
    return gathered.records()


def _values(data: bytes) -> list[bytes]:
    """What a record holds: several user records where it is aggregated, else itself."""
    found = user_records(data)
    return [data] if found is None else [value for _, value in found]


def _times(client: "KinesisClient", stream: str) -> tuple[datetime | None, datetime]:
    """Horizon and creation; asked for after the reading, so that what was trimmed meanwhile is old."""
    summary = client.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]
    horizon = datetime.now(UTC) - timedelta(hours=summary["RetentionPeriodHours"])
    created = summary["StreamCreationTimestamp"].astimezone(UTC)
    return (horizon if created < horizon else None), created
