"""What is in the streams and not in the tables yet: the checkpoints beside Kinesis itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from services.aws import kinesis_client
from services.settings import Settings
from services.streams.checkpoint import ShardPosition, committed
from services.streams.shared import shared_streams
from services.tables import TABLES
from spark_jobs.lake import speed_tier
from spark_jobs.speed.shared_stream import shared_stream

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient


_GONE = {"ResourceNotFoundException", "InvalidArgumentException"}
"""What Kinesis says of a stream that is not there, and of a number that it does not know."""


@dataclass(frozen=True)
class Backlog:
    """How far one table is behind its stream, or all tables are behind a shared one.

    Attributes:
        table: Which table, or which shared stream.
        batch: Newest micro-batch that is done; None before the first.
        waiting: Shard → arrival of its first record that is not in the table; shards that are read
            to their end are not there.
    """

    table: str
    batch: int | None
    waiting: dict[str, datetime]

    def lag(self, now: datetime) -> float:
        """Seconds since the oldest waiting record came; 0 when none waits."""
        return max([0.0, *((now - arrival).total_seconds() for arrival in self.waiting.values())])

    def covers(self, moment: datetime) -> bool:
        """Whether everything that arrived before `moment` is in the table or in quarantine."""
        return all(arrival > moment for arrival in self.waiting.values())


class Backlogs:
    """Asks Kinesis and the checkpoints."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client = kinesis_client(settings)

    def all(self) -> list[Backlog]:
        """Every table's backlog, and every shared stream's.

        Raises:
            ClientError, BotoCoreError: Kinesis does not answer.
        """
        tiers = [speed_tier(self._settings, table) for table in TABLES]
        own = [self._of(tier.table.name, tier.stream, tier.checkpoint) for tier in tiers]
        places = [shared_stream(self._settings, n) for n in shared_streams(self._settings.lake)]
        return own + [self._of(place.stream, place.stream, place.checkpoint) for place in places]

    def _of(self, name: str, stream: str, checkpoint: Path) -> Backlog:
        newest = committed(checkpoint)
        known = newest.streams.get(stream, {}) if newest else {}
        return Backlog(name, newest.batch if newest else None, dict(self._waiting(stream, known)))

    def _waiting(
        self, stream: str, known: dict[str, ShardPosition]
    ) -> Iterator[tuple[str, datetime]]:
        for shard in _shards(self._client, stream):
            position = known.get(shard, ShardPosition(None))
            arrival = None if position.closed else self._first(stream, shard, position)
            if arrival:
                yield shard, arrival

    def _first(self, stream: str, shard: str, position: ShardPosition) -> datetime | None:
        """Arrival of the first record behind the position."""
        iterator: str | None = self._iterator(stream, shard, position)
        while iterator:
            page = self._client.get_records(ShardIterator=iterator, Limit=1)
            if page["Records"]:
                return page["Records"][0]["ApproximateArrivalTimestamp"].astimezone(UTC)
            iterator = page.get("NextShardIterator") if page["MillisBehindLatest"] else None
        return None

    def _iterator(self, stream: str, shard: str, position: ShardPosition) -> str:
        """By time where the number is unknown: the stream was made anew, or has lost its newest records."""
        where: dict[str, Any] = {"StreamName": stream, "ShardId": shard}
        try:
            return self._client.get_shard_iterator(**where, **_begin(position))["ShardIterator"]
        except ClientError as error:
            if error.response["Error"]["Code"] not in _GONE or position.after is None:
                raise
        later = ShardPosition(None, at=None if position.at is None else position.at + 1)
        return self._client.get_shard_iterator(**where, **_begin(later))["ShardIterator"]


def _begin(position: ShardPosition) -> dict[str, Any]:
    if position.after is not None:
        return {
            "ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
            "StartingSequenceNumber": str(position.after),
        }
    if position.at is not None:
        moment = datetime.fromtimestamp(position.at / 1000, UTC)
        return {"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": moment}
    return {"ShardIteratorType": "TRIM_HORIZON"}


def _shards(client: "KinesisClient", stream: str) -> list[str]:
    """None when there is no stream."""
    pages = client.get_paginator("list_shards").paginate(StreamName=stream)
    try:
        return [shard["ShardId"] for page in pages for shard in page["Shards"]]
    except client.exceptions.ResourceNotFoundException:
        return []
