"""A Kinesis in memory with AWS's semantics, as far as a reader can tell: what boto3's client answers, and its errors.

Time stands still unless `now` is moved; sequence numbers grow by more than one, and sorted as text are out of order.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from botocore.exceptions import ClientError

HASHES = 1 << 128
HOUR = 3_600_000
START = 1_795_000_000_000
"""Epoch ms at which every test begins, a whole second."""


@dataclass
class FakeShard:
    name: str
    low: int
    high: int
    parents: tuple[str, ...] = ()
    starting: int = 0
    ending: int | None = None
    records: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class FakeStream:
    name: str
    created: int
    shards: list[FakeShard]


class FakeKinesis:
    """`faults` holds an error for each coming call of an operation; `calls` counts what was called."""

    def __init__(self) -> None:
        self.now = START
        self.streams: dict[str, FakeStream] = {}
        self.faults: dict[str, list[Exception]] = {}
        self.calls: dict[str, int] = {}
        self.generation = 0
        self.limit = 10_000
        self.ends_with_null = True
        self.knows_its_numbers = True
        self.after_page: Callable[[], None] | None = None
        self.lost: set[int] = set()
        self._number = 0

    def create(self, stream: str, shards: int = 1) -> FakeStream:
        width = HASHES // shards
        rows = [
            FakeShard(
                f"shardId-{i:012d}", i * width, (i + 1) * width - 1, starting=self._next_number()
            )
            for i in range(shards)
        ]
        rows[-1].high = HASHES - 1
        self.streams[stream] = FakeStream(stream, self.now, rows)
        return self.streams[stream]

    def put(self, stream: str, *values: str) -> None:
        """Store each value under itself as the partition key."""
        for value in values:
            place = int.from_bytes(hashlib.md5(value.encode(), usedforsecurity=False).digest())
            shard = next(
                s
                for s in self.streams[stream].shards
                if s.ending is None and s.low <= place <= s.high
            )
            shard.records.append(
                {
                    "SequenceNumber": str(self._next_number()),
                    "ApproximateArrivalTimestamp": self.arrival(),
                    "Data": value.encode(),
                    "PartitionKey": value,
                }
            )

    def arrival(self) -> datetime:
        """The time that a record gets now."""
        return datetime.fromtimestamp(self.now / 1000, UTC)

    def split(self, stream: str, name: str) -> None:
        parent = self._close(stream, name)
        middle = (parent.low + parent.high) // 2
        self._child(stream, parent.low, middle, (name,))
        self._child(stream, middle + 1, parent.high, (name,))

    def merge(self, stream: str, first: str, second: str) -> None:
        low, high = self._close(stream, first), self._close(stream, second)
        self._child(stream, low.low, high.high, (first, second))

    def trim(self, before: int) -> None:
        """Delete the records that arrived before a time (epoch ms)."""
        for stream in self.streams.values():
            for shard in stream.shards:
                shard.records = [r for r in shard.records if _ms(r) >= before]

    def lose(self, stream: str, *values: str) -> None:
        """Forget the newest records, as an emulator does that is killed: their numbers are used up to the last one."""
        lost = {value.encode() for value in values}
        for shard in self.streams[stream].shards:
            gone = [r for r in shard.records if r["Data"] in lost]
            shard.records = [r for r in shard.records if r["Data"] not in lost]
            self.lost |= {int(r["SequenceNumber"]) for r in gone}
        self._number = min(self.lost) - 1
        self.expire_iterators()

    def expire_iterators(self) -> None:
        self.generation += 1

    def describe_stream_summary(self, **arguments: Any) -> dict[str, Any]:
        self._called("describe_stream_summary")
        stream = self._stream(arguments["StreamName"])
        summary = {
            "StreamCreationTimestamp": datetime.fromtimestamp(stream.created / 1000, UTC),
            "RetentionPeriodHours": 24,
        }
        date = format_datetime(datetime.fromtimestamp(self.now // 1000, UTC), usegmt=True)
        return {
            "StreamDescriptionSummary": summary,
            "ResponseMetadata": {"HTTPHeaders": {"date": date}},
        }

    def list_shards(self, **arguments: Any) -> dict[str, Any]:
        """Pages of two, so that paging is always tested."""
        self._called("list_shards")
        name, _, begin = str(arguments.get("NextToken") or arguments["StreamName"]).partition("|")
        first = int(begin or 0)
        rows = self._stream(name).shards
        answer: dict[str, Any] = {"Shards": [_listed(shard) for shard in rows[first : first + 2]]}
        if first + 2 < len(rows):
            answer["NextToken"] = f"{name}|{first + 2}"
        return answer

    def get_shard_iterator(self, **arguments: Any) -> dict[str, Any]:
        self._called("get_shard_iterator")
        stream, name = arguments["StreamName"], arguments["ShardId"]
        shard = self._shard(stream, name)
        kind = arguments["ShardIteratorType"]
        number = self._next_number()
        if kind == "TRIM_HORIZON":
            number = 0
        elif kind == "AT_SEQUENCE_NUMBER":
            number = int(arguments["StartingSequenceNumber"])
            if number in self.lost:
                raise error("ResourceNotFoundException", "get_shard_iterator")
            if number < shard.starting and self.knows_its_numbers:
                raise error("InvalidArgumentException", "get_shard_iterator")
        elif kind == "AT_TIMESTAMP":
            moment = int(arguments["Timestamp"].timestamp()) * 1000
            later = (int(r["SequenceNumber"]) for r in shard.records if _ms(r) >= moment)
            number = next(later, number)
        return {"ShardIterator": f"{self.generation}|{stream}|{name}|{number}"}

    def get_records(self, **arguments: Any) -> dict[str, Any]:
        self._called("get_records")
        generation, stream, name, number = arguments["ShardIterator"].split("|")
        if int(generation) != self.generation:
            raise error("ExpiredIteratorException", "get_records")
        shard = self._shard(stream, name)
        waiting = [r for r in shard.records if int(r["SequenceNumber"]) >= int(number)]
        limit = min(arguments["Limit"], self.limit)
        page, rest = waiting[:limit], waiting[limit:]
        after = int(page[-1]["SequenceNumber"]) + 1 if page else int(number)
        answer: dict[str, Any] = {"Records": page, "MillisBehindLatest": 1000 if rest else 0}
        if rest or shard.ending is None or not self.ends_with_null:
            answer["NextShardIterator"] = f"{generation}|{stream}|{name}|{after}"
        if self.after_page:
            self.after_page()
        return answer

    def _called(self, operation: str) -> None:
        self.calls[operation] = self.calls.get(operation, 0) + 1
        if self.faults.get(operation):
            raise self.faults[operation].pop(0)

    def _next_number(self) -> int:
        self._number += 7
        return self._number

    def _close(self, stream: str, name: str) -> FakeShard:
        shard = self._shard(stream, name)
        shard.ending = self._next_number()
        return shard

    def _child(self, stream: str, low: int, high: int, parents: tuple[str, ...]) -> None:
        shards = self.streams[stream].shards
        name = f"shardId-{len(shards):012d}"
        shards.append(FakeShard(name, low, high, parents, self._next_number()))

    def _stream(self, name: str) -> FakeStream:
        if name not in self.streams:
            raise error("ResourceNotFoundException", "describe_stream_summary")
        return self.streams[name]

    def _shard(self, stream: str, name: str) -> FakeShard:
        found = [shard for shard in self._stream(stream).shards if shard.name == name]
        if not found:
            raise error("ResourceNotFoundException", "get_shard_iterator")
        return found[0]


def error(code: str, operation: str, status: int = 400) -> ClientError:
    """The exception that boto3 raises."""
    return ClientError(
        {
            "Error": {"Code": code, "Message": code},
            "ResponseMetadata": {
                "HTTPStatusCode": status,
                "RequestId": "",
                "HostId": "",
                "HTTPHeaders": {},
                "RetryAttempts": 0,
            },
        },
        operation,
    )


def _ms(record: dict[str, Any]) -> int:
    arrival: datetime = record["ApproximateArrivalTimestamp"]
    return round(arrival.timestamp() * 1000)


def _listed(shard: FakeShard) -> dict[str, Any]:
    numbers = {"StartingSequenceNumber": str(shard.starting)}
    if shard.ending is not None:
        numbers["EndingSequenceNumber"] = str(shard.ending)
    parents = dict(zip(("ParentShardId", "AdjacentParentShardId"), shard.parents, strict=False))
    return {"ShardId": shard.name, "SequenceNumberRange": numbers, **parents}
