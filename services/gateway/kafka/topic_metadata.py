"""Which topics exist, with how many partitions, whether Kafka answers; creates the project's topics on first use.

A cached snapshot of the broker's metadata, taken again when it is too old for the question. A topic
stays cached while Kafka is unavailable: the producer then waits for the broker, within its limit.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # re-exported, untold
    AdminClient,
    ClusterMetadata,
    NewTopic,
)

from services.gateway.limits import Limits
from services.gateway.refused_request import RefusalError, kafka_unavailable
from services.tables import TABLES, TOPIC_PATTERN

log = logging.getLogger(__name__)
T = TypeVar("T")

_QUIET: dict[str, Any] = {
    "log_level": 2,
    "error_cb": lambda _error: None,
    "reconnect.backoff.max.ms": 1000,
}
"""That the broker is unavailable is logged once, by the cache, not by every client."""

CACHED_SECONDS = 5.0
ABSENT_SECONDS = 0.5
HEALTH_SECONDS = 1.5
CREATE_SECONDS = 5.0


class TopicMetadataCache:
    """The broker's topics as last read; belongs to one event loop."""

    def __init__(self, bootstrap: str, partitions: int, limits: Limits) -> None:
        self.admin = AdminClient({"bootstrap.servers": bootstrap, **_QUIET})
        self._executor = ThreadPoolExecutor(4, thread_name_prefix="kafka-admin")
        self._partitions = partitions
        self._timeout = limits.metadata_seconds
        self._counts: dict[str, int] = {}
        self._refreshed_at = -float("inf")
        self._refreshing: asyncio.Task[ClusterMetadata] | None = None
        self._creating: dict[str, asyncio.Task[None]] = {}
        self._problem: str | None = None

    async def partition_count(self, topic: str) -> int:
        """Number of partitions; a topic of the project's pattern is created on first use.

        Raises:
            RefusalError: 404 when there is no such topic, 503 when Kafka does not answer.
        """
        count = self.cached_partition_count(topic)
        if count:
            return count
        if self._age() > ABSENT_SECONDS:
            await self.refresh()
        if topic not in self._counts:
            await self._create_once(topic)
        return self._counts[topic]

    def cached_partition_count(self, topic: str) -> int:
        """Number of partitions as last read, 0 when unknown; never waits, refreshes in the background."""
        count = self._counts.get(topic, 0)
        if count and self._age() > CACHED_SECONDS and self._refreshing is None:
            self._start_refresh().add_done_callback(lambda task: task.exception())
        return count

    async def has_partition(self, topic: str, partition: int) -> bool:
        """Whether the topic has that partition; asks the broker when the cache is old and says no."""
        if partition >= self._counts.get(topic, 0) and self._age() > ABSENT_SECONDS:
            await self.refresh()
        return 0 <= partition < self._counts.get(topic, 0)

    async def health(self) -> str | None:
        """What is wrong with Kafka, or None; at most 1.5 s old."""
        if self._problem is not None or self._age() > HEALTH_SECONDS:
            try:
                await self.refresh()
            except RefusalError as error:
                return error.message
        return None

    async def refresh(self) -> ClusterMetadata:
        """Ask the broker; callers at the same time share one question.

        Raises:
            RefusalError: 503, Kafka does not answer.
        """
        return await asyncio.shield(self._refreshing or self._start_refresh())

    async def call(self, function: Callable[[], T]) -> T:
        """Run a blocking call of the Kafka client off the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, function)

    def close(self) -> None:
        """Take no more calls; one that still waits for the broker is left behind."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _age(self) -> float:
        return time.monotonic() - self._refreshed_at

    def _start_refresh(self) -> asyncio.Task[ClusterMetadata]:
        self._refreshing = asyncio.create_task(self._refresh())
        return self._refreshing

    async def _refresh(self) -> ClusterMetadata:
        try:
            metadata: ClusterMetadata = await self.call(
                lambda: self.admin.list_topics(timeout=self._timeout)
            )
        except KafkaException as error:
            self._set_problem(error.args[0].str())
            raise kafka_unavailable(error.args[0].str()) from error
        finally:
            self._refreshing = None
        self._set_problem(None)
        self._counts = {name: len(topic.partitions) for name, topic in metadata.topics.items()}
        self._refreshed_at = time.monotonic()
        return metadata

    def _set_problem(self, problem: str | None) -> None:
        """Log when Kafka becomes unavailable and when it answers again, once each."""
        if problem is not None and self._problem is None:
            log.error("Kafka does not answer: %s", problem)
        if problem is None and self._problem is not None:
            log.warning("Kafka answers again")
        self._problem = problem

    async def _create_once(self, topic: str) -> None:
        if not TOPIC_PATTERN.fullmatch(topic):
            raise unknown_topic(topic)
        task = self._creating.get(topic)
        if task is None:
            task = self._creating[topic] = asyncio.create_task(self._create(topic))
            task.add_done_callback(lambda _: self._creating.pop(topic, None))
        await asyncio.shield(task)

    async def _create(self, topic: str) -> None:
        """Create the topic and wait until the broker's metadata shows it."""
        config = {"retention.ms": "-1"}
        new = NewTopic(topic, num_partitions=self._partitions, config=config)
        created = self.admin.create_topics(
            [new], operation_timeout=CREATE_SECONDS, request_timeout=CREATE_SECONDS
        )[topic]
        try:
            await self.call(created.result)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise kafka_unavailable(error.args[0].str()) from error
        deadline = time.monotonic() + CREATE_SECONDS
        while topic not in self._counts:
            if time.monotonic() > deadline:
                raise kafka_unavailable(f"topic {topic} was created but did not appear")
            await self.refresh()


def unknown_topic(topic: str) -> RefusalError:
    """The topic does not exist, and its name is none that the gateway creates."""
    *others, last = (f".{table.name}" for table in TABLES)
    return RefusalError(
        404,
        f"This server does not host this topic-partition: there is no topic {topic!r}. Topics "
        f"named <12 hex digits>{', '.join(others)} or {last} are created by the first record.",
        code=40403,
    )
