"""All consumer instances of this process: found by group and name, expired when idle.

The Kafka client's calls block, so each runs in a thread, one at a time for one instance.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from confluent_kafka import KafkaError, KafkaException

from services.gateway.kafka.consumers.instance_config import InstanceConfig
from services.gateway.kafka.consumers.rest_consumer import RestConsumer
from services.gateway.refused_request import RefusalError, kafka_unavailable
from services.records.kafka_rest_api import NOT_RETRIABLE

T = TypeVar("T")

IDLE_SECONDS = 300.0
"""`consumer.instance.timeout.ms` of the original."""
MOST_INSTANCES = 64
THREADS = 16


@dataclass
class _Entry:
    consumer: RestConsumer
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    used_at: float = field(default_factory=time.monotonic)


class ConsumerRegistry:
    """The registry; belongs to one event loop."""

    def __init__(self, idle_seconds: float = IDLE_SECONDS) -> None:
        self._idle_seconds = idle_seconds
        self._instances: dict[tuple[str, str], _Entry] = {}
        self._executor = ThreadPoolExecutor(THREADS, thread_name_prefix="kafka-consumer")

    def __len__(self) -> int:
        return len(self._instances)

    async def create(self, config: InstanceConfig) -> None:
        """Create an instance.

        Raises:
            RefusalError: 409 when the group has one of that name, 422 when Kafka's client refuses
                its configuration, 429 when there are too many.
        """
        key = config.group, config.name
        if key in self._instances:
            message = "Consumer with specified consumer ID already exists in the specified consumer group."
            raise RefusalError(409, message, code=40902)
        if len(self._instances) >= MOST_INSTANCES:
            raise RefusalError(
                429, f"{MOST_INSTANCES} consumer instances are open; delete one first"
            )
        try:
            self._instances[key] = _Entry(RestConsumer(config))
        except KafkaException as error:
            reason = error.args[0].str()
            raise RefusalError(
                422, f"Invalid consumer configuration: {reason}", code=42204
            ) from error

    def config(self, group: str, name: str) -> InstanceConfig:
        """What the instance was created with.

        Raises:
            RefusalError: 404, unknown, deleted or expired.
        """
        return self._find(group, name).consumer.config

    async def call(self, group: str, name: str, use: Callable[[RestConsumer], T]) -> T:
        """Use one instance, in a thread.

        Raises:
            RefusalError: 404 without the instance; else what Kafka's refusal means.
        """
        entry = self._find(group, name)
        async with entry.lock:
            self._find(group, name)
            try:
                return await self._run(lambda: use(entry.consumer))
            except KafkaException as error:
                raise _refusal(error.args[0]) from error
            finally:
                entry.used_at = time.monotonic()

    async def delete(self, group: str, name: str) -> None:
        """Close and remove an instance.

        Raises:
            RefusalError: 404, unknown, deleted or expired.
        """
        self._find(group, name)
        await self._close(self._instances.pop((group, name)))

    async def expire_forever(self) -> None:
        """Close instances that nobody has used for the idle time."""
        while True:
            await asyncio.sleep(self._idle_seconds / 10)
            await self.expire()

    async def expire(self) -> None:
        """Close instances that are idle now."""
        oldest = time.monotonic() - self._idle_seconds
        for key, entry in list(self._instances.items()):
            if entry.used_at < oldest and not entry.lock.locked():
                del self._instances[key]
                await self._close(entry)

    async def close(self) -> None:
        entries, self._instances = list(self._instances.values()), {}
        await asyncio.gather(*(self._close(entry) for entry in entries))
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _close(self, entry: _Entry) -> None:
        async with entry.lock:
            await self._run(entry.consumer.close)

    async def _run(self, function: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, function)

    def _find(self, group: str, name: str) -> _Entry:
        entry = self._instances.get((group, name))
        if entry is None:
            raise RefusalError(404, "Consumer instance not found.", code=40403)
        entry.used_at = time.monotonic()
        return entry


def _refusal(error: KafkaError) -> RefusalError:
    if error.code() in {KafkaError._STATE, KafkaError._CONFLICT}:
        return RefusalError(409, f"Illegal state: {error.str()}", code=40903)
    if error.code() in {KafkaError._TRANSPORT, KafkaError._TIMED_OUT} or error.retriable():
        return kafka_unavailable(error.str())
    return RefusalError(500, error.str(), code=NOT_RETRIABLE)
