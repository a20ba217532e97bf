"""Creates the project's streams on first use, and checks whether Kinesis answers at all.

No list of existing streams is kept: a record is sent, and Kinesis says when its stream does not exist. So a
stream that was deleted behind the gateway's back is created again by the next record.
"""

import asyncio
import logging
import time

from services.gateway.kinesis.kinesis_calls import KinesisCalls
from services.gateway.kinesis.put_outcome import KinesisCallError, KinesisFailed, not_sent
from services.records.kinesis_api import IN_USE, LIMIT_EXCEEDED

log = logging.getLogger(__name__)

WRITABLE = frozenset({"ACTIVE", "UPDATING"})
CREATE_SECONDS = 10.0
POLL_SECONDS = 0.05
HEALTH_SECONDS = 1.5
HEALTH_ANSWER_SECONDS = 1.0
"""Less than a client of `/health` waits: Kinesis must not hold up the answer."""


class ProjectStreams:
    """Creates streams that match `STREAM_PATTERN`; belongs to one event loop."""

    def __init__(self, calls: KinesisCalls, shards: int) -> None:
        self._calls = calls
        self._shards = shards
        self._creating: dict[str, asyncio.Task[KinesisFailed | None]] = {}
        self._problem: str | None = None
        self._checked_at = -float("inf")

    async def create(self, name: str) -> KinesisFailed | None:
        """Create a stream of the project's and wait until it takes records; None when it does.

        Callers at the same time share one attempt.
        """
        task = self._creating.get(name)
        if task is None:
            task = self._creating[name] = asyncio.create_task(self._create_and_wait(name))
            task.add_done_callback(lambda _: self._creating.pop(name, None))
        return await asyncio.shield(task)

    async def health(self) -> str | None:
        """What is wrong with Kinesis, or None; at most 1.5 s old."""
        if time.monotonic() - self._checked_at > HEALTH_SECONDS or self._problem:
            self._set_problem(await self._check())
            self._checked_at = time.monotonic()
        return self._problem

    async def _check(self) -> str | None:
        try:
            async with asyncio.timeout(HEALTH_ANSWER_SECONDS):
                await self._calls.control("list_streams", Limit=1)
        except KinesisCallError as error:
            return str(error)
        except TimeoutError:
            return f"Kinesis does not answer within {HEALTH_ANSWER_SECONDS:g} s"
        return None

    def _set_problem(self, problem: str | None) -> None:
        """Log when Kinesis becomes unavailable and when it answers again, once each."""
        if problem and not self._problem:
            log.error("%s", problem)
        if self._problem and not problem:
            log.warning("Kinesis answers again")
        self._problem = problem

    async def _create_and_wait(self, name: str) -> KinesisFailed | None:
        deadline = time.monotonic() + CREATE_SECONDS
        while time.monotonic() < deadline:
            try:
                if await self._status(name) in WRITABLE:
                    return None
            except KinesisCallError as error:
                if not error.failed.missing_stream:
                    return error.failed
                problem = await self._request_creation(name)
                if problem:
                    return problem
            await asyncio.sleep(POLL_SECONDS)
        return not_sent(f"stream {name} was not ready after {CREATE_SECONDS:g} s")

    async def _status(self, name: str) -> str:
        found = await self._calls.control("describe_stream_summary", StreamName=name)
        return str(found["StreamDescriptionSummary"]["StreamStatus"])

    async def _request_creation(self, name: str) -> KinesisFailed | None:
        """Another client may create it at the same time, or too many may be CREATING: then poll again."""
        try:
            await self._calls.control("create_stream", StreamName=name, ShardCount=self._shards)
        except KinesisCallError as error:
            if error.failed.kind not in {IN_USE, LIMIT_EXCEEDED}:
                return error.failed
        else:
            log.info("made stream %s with %s shards", name, self._shards)
        return None
