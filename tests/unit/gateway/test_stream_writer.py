"""How records are gathered, sent again, and let go; Kinesis is a script here."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import chain
from typing import cast

import pytest

from services.gateway.kinesis.kinesis_calls import KinesisCalls
from services.gateway.kinesis.project_streams import ProjectStreams
from services.gateway.kinesis.put_outcome import (
    SERVICE_UNAVAILABLE,
    KinesisFailed,
    KinesisOutcome,
    KinesisStored,
    failed_entry,
    unavailable,
    unknown,
)
from services.gateway.kinesis.request_bodies import KinesisRecord
from services.gateway.kinesis.stream_queue import MAX_CALLS, QueueContext
from services.gateway.kinesis.stream_writer import StreamWriter
from services.gateway.metrics import GatewayMetrics
from services.records.kinesis_api import INTERNAL_FAILURE, NOT_FOUND, THROTTLED, VALIDATION

Batch = list[str]
Answer = Callable[[Batch], list[KinesisOutcome] | KinesisFailed]
SLOW = failed_entry(THROTTLED, "slow")
SHORT, LONG = 0.5, 30.0
NOT_THERE = KinesisFailed(400, NOT_FOUND, "none")


class Script:
    """Answers calls as the test says; numbers records in the order in which they are stored.

    Attributes:
        batches: The keys of each call's records.
        out: Calls that are out.
        gate: Calls wait for it.
    """

    def __init__(self, *answers: Answer) -> None:
        self.batches: list[Batch] = []
        self.out = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.unavailable_seconds = 0.0
        self._answers = list(answers)
        self._stored = 0

    async def put(
        self, _stream: str, records: Sequence[KinesisRecord]
    ) -> list[KinesisOutcome] | KinesisFailed:
        """Stand in for `Calls.put`."""
        keys = [record.key for record in records]
        self.batches.append(keys)
        answer = self._answers.pop(0) if self._answers else self.store
        self.out += 1
        await self.gate.wait()
        self.out -= 1
        return answer(keys)

    def store(self, keys: Batch) -> list[KinesisOutcome]:
        """Store them all."""
        return [self._next() for _ in keys]

    def _next(self) -> KinesisStored:
        self._stored += 1
        return KinesisStored("shardId-000000000000", str(self._stored))


def refuse(failed: KinesisFailed, *places: int) -> Answer:
    """The records at these places fail, the others are stored."""
    good = KinesisStored("shardId-000000000000", "7")
    return lambda keys: [failed if place in places else good for place in range(len(keys))]


def whole(failed: KinesisFailed) -> Answer:
    """The whole call fails."""
    return lambda _keys: failed


def writer(script: Script, patience: float = LONG) -> StreamWriter:
    """A writer before that script."""
    calls = cast(KinesisCalls, script)
    return StreamWriter(QueueContext(calls, ProjectStreams(calls, 1), GatewayMetrics(), patience))


def record(key: object, size: int = 1) -> KinesisRecord:
    """A record that is known by its key."""
    return KinesisRecord(str(key), b"x" * size)


def run(test: Callable[[], Awaitable[None]]) -> None:
    """Run a test's coroutine, for ten seconds at most."""
    asyncio.run(asyncio.wait_for(test(), 10))


async def until(condition: Callable[[], bool]) -> None:
    """Wait for it; `run` has the deadline."""
    while not condition():
        await asyncio.sleep(0.001)


def test_a_lone_record_is_sent_at_once_and_those_meanwhile_together() -> None:
    """One call is out; what comes then shares the next one; each gets its own number, in order."""

    async def scene() -> None:
        script = Script()
        script.gate.clear()
        written = writer(script)
        first = asyncio.create_task(written.write("s", [record(0)]))
        await until(lambda: script.out == 1)
        assert script.batches == [["0"]]
        rest = [asyncio.create_task(written.write("s", [record(n)])) for n in range(1, 9)]
        await until(lambda: script.out == 2)
        assert script.batches == [["0"], [str(n) for n in range(1, 9)]]
        script.gate.set()
        outcomes = [(await task)[0] for task in (first, *rest)]
        assert [cast(KinesisStored, outcome).sequence_number for outcome in outcomes] == [
            str(number) for number in range(1, 10)
        ]

    run(scene)


def test_calls_at_a_time_are_bounded_and_each_is_within_kinesis_limits() -> None:
    """2,000 records of one stream: 500 a call, two calls out, in order."""

    async def scene() -> None:
        script = Script()
        script.gate.clear()
        records = [record(n) for n in range(2000)]
        task = asyncio.create_task(writer(script).write("s", records))
        await until(lambda: script.out >= MAX_CALLS)
        await asyncio.sleep(0.05)  # more calls would come now
        assert script.out == MAX_CALLS
        script.gate.set()
        await task
        assert [len(batch) for batch in script.batches] == [500] * 4
        assert list(chain(*script.batches)) == [str(n) for n in range(2000)]

    run(scene)


def test_a_call_is_bounded_in_bytes() -> None:
    """Twelve records of 1 MB take three calls of less than 5 MiB; one of 6 MB goes alone."""

    async def scene() -> None:
        script = Script()
        sizes = [*[1_000_000] * 12, 6_000_000]
        await writer(script).write("s", [record(n, size) for n, size in enumerate(sizes)])
        assert [len(batch) for batch in script.batches] == [5, 5, 2, 1]

    run(scene)


def test_streams_do_not_wait_for_each_other() -> None:
    """A record of another stream goes out beside a call that hangs."""

    async def scene() -> None:
        script = Script()
        script.gate.clear()
        written = writer(script)
        tasks = [asyncio.create_task(written.write(name, [record(name)])) for name in "abc"]
        await until(lambda: script.out == len(tasks))
        assert sorted(script.batches) == [["a"], ["b"], ["c"]]
        script.gate.set()
        await asyncio.gather(*tasks)

    run(scene)


@pytest.mark.parametrize("failed", [SLOW, failed_entry(INTERNAL_FAILURE, "broken")])
def test_only_what_failed_goes_again(failed: KinesisFailed) -> None:
    """And every time only that."""

    async def scene() -> None:
        script = Script(refuse(failed, 1, 2), refuse(failed, 0))
        outcomes = await writer(script).write("s", [record(n) for n in range(4)])
        assert script.batches == [["0", "1", "2", "3"], ["1", "2"], ["1"]]
        assert all(isinstance(outcome, KinesisStored) for outcome in outcomes)

    run(scene)


@pytest.mark.parametrize(
    "failed", [SLOW, failed_entry(INTERNAL_FAILURE, "broken"), unavailable("gone")]
)
def test_patience_ends(failed: KinesisFailed) -> None:
    """Then its sender gets Kinesis' own error."""

    async def scene() -> None:
        script = Script(whole(failed))
        assert await writer(script, SHORT).write("s", [record(0)]) == [failed]
        assert len(script.batches) == 1

    run(scene)


def test_doubt_is_never_sent_again() -> None:
    """However patient the writer is."""

    async def scene() -> None:
        script = Script(whole(unknown("lost")))
        assert await writer(script).write("s", [record(0), record(1)]) == [unknown("lost")] * 2
        assert len(script.batches) == 1

    run(scene)


def test_a_kinesis_that_has_been_away_for_long_is_not_waited_for() -> None:
    """One try, and the answer."""

    async def scene() -> None:
        script = Script(whole(unavailable("gone")))
        script.unavailable_seconds = LONG + 1
        assert await writer(script).write("s", [record(0)]) == [unavailable("gone")]

    run(scene)


def test_halves_find_the_record_that_spoilt_the_call() -> None:
    """Each of the others is stored once."""

    async def scene() -> None:
        bad = KinesisFailed(400, VALIDATION, "bad")
        script = Script()
        stored: list[str] = []

        def strict(keys: Batch) -> list[KinesisOutcome] | KinesisFailed:
            if "bad" in keys:
                return bad
            stored.extend(keys)
            return script.store(keys)

        script._answers = [strict] * 20
        keys = ["a", "b", "c", "bad", "d"]
        outcomes = await writer(script).write("s", [record(key) for key in keys])
        assert outcomes[3] == bad
        assert sorted(stored) == ["a", "b", "c", "d"]

    run(scene)


def test_a_fault_that_kinesis_tells_of_one_record_halves_nothing() -> None:
    """Its neighbours are stored already."""

    async def scene() -> None:
        script = Script(refuse(failed_entry(VALIDATION, "bad"), 0))
        await writer(script).write("s", [record(n) for n in range(3)])
        assert len(script.batches) == 1

    run(scene)


def test_a_stream_of_nobody_s_pattern_is_not_made() -> None:
    """Kinesis' own words, after one call."""

    async def scene() -> None:
        script = Script(whole(NOT_THERE))
        assert await writer(script).write("s", [record(0)]) == [NOT_THERE]

    run(scene)


def test_a_stopping_gateway_tells_what_it_knows() -> None:
    """Out: unknown. Waiting: certainly not stored, and so is whatever comes later."""

    async def scene() -> None:
        script = Script()
        script.gate.clear()
        written = writer(script)
        tasks = [asyncio.create_task(written.write("s", [record(n)] * 500)) for n in range(3)]
        await until(lambda: script.out == MAX_CALLS)
        written.abandon()
        tasks.append(asyncio.create_task(written.write("s", [record("late")])))
        outcomes = [(await task)[0] for task in tasks]
        assert [cast(KinesisFailed, each).status for each in outcomes] == [500, 500, 503, 503]
        assert cast(KinesisFailed, outcomes[-1]).kind == SERVICE_UNAVAILABLE
        script.gate.set()

    run(scene)


def test_a_queue_that_is_done_is_forgotten() -> None:
    """A thousand names leave nothing behind."""

    async def scene() -> None:
        written = writer(Script(*[whole(NOT_THERE)] * 1000))
        await asyncio.gather(*(written.write(f"s{n}", [record(n)]) for n in range(1000)))
        await until(lambda: not written._queues)
        assert len(written) == 0

    run(scene)
