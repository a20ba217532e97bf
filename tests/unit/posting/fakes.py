"""A destination that answers by a script, and keeps what it stored."""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Self

from services.records.attempt import AttemptResult, FailedAttempt, StoredInStream, StoredInTopic
from services.records.layer import Layer
from services.records.record import Record
from services.tables import Table

SHARD = "shardId-000000000000"

Answer = Callable[["FakeLog", Sequence[Record]], list[AttemptResult]]
"""One request's fate; without one, everything is stored."""


class FakeLog:
    """Answers each request by the next entry of its script, then stores everything."""

    def __init__(
        self, *script: Answer, layer: Layer = Layer.BATCH, most_records: int = 100
    ) -> None:
        self.layer = layer
        self.most_records = most_records
        self.most_bytes = 10_000
        self.script = list(script)
        self.stored: list[Record] = []
        self.requests: list[list[int]] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def check(self) -> None:
        """It is there."""

    def name(self, table: Table) -> str:
        return table.topic("u") if self.layer is Layer.BATCH else table.stream("u")

    def send(self, records: Sequence[Record], timeout: float) -> list[AttemptResult]:
        assert timeout > 0
        with self._lock:
            self.requests.append([record.ind for record in records])
            answer = self.script.pop(0) if self.script else store
            return answer(self, records)

    def store(self, record: Record) -> StoredInTopic | StoredInStream:
        self.stored.append(record)
        place = len(self.stored) - 1
        return (
            StoredInTopic(0, place)
            if self.layer is Layer.BATCH
            else StoredInStream(SHARD, str(place))
        )


def store(log: FakeLog, records: Sequence[Record]) -> list[AttemptResult]:
    """All is well."""
    return [log.store(record) for record in records]


def lose_answer(log: FakeLog, records: Sequence[Record]) -> list[AttemptResult]:
    """Stores everything, but the answer is lost on the way."""
    store(log, records)
    return [FailedAttempt(cause="timed out", certain=False, retriable=True)] * len(records)


def refuse_connection(log: FakeLog, records: Sequence[Record]) -> list[AttemptResult]:
    """Nobody listens."""
    return [FailedAttempt(cause="connection refused", certain=True, retriable=True)] * len(records)


def reject(*inds: int) -> Answer:
    """Rejects these rows for good and stores their neighbours."""
    failed = FailedAttempt(cause="HTTP 413: too large", status=413, certain=True, retriable=False)
    return lambda log, records: [
        failed if record.ind in inds else log.store(record) for record in records
    ]


def drop(*inds: int) -> Answer:
    """Has no room for these rows now and stores their neighbours."""
    failed = FailedAttempt(cause="HTTP 503: full", status=503, certain=True, retriable=True)
    return lambda log, records: [
        failed if record.ind in inds else log.store(record) for record in records
    ]


class FakeSource:
    """Rows 0 to 99, but none with a key in `missing`."""

    def __init__(self, *missing: int) -> None:
        self.missing = set(missing)

    def fetch(self, table: Table, inds: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        return {ind: {table.key: ind} for ind in inds if ind not in self.missing and ind < 100}
