"""All consumer instances of this process: found by group and name, gone when idle.

The Kafka client's calls block, so each runs in a thread, one at a time for one instance.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from confluent_kafka import KafkaError, KafkaException

from services.gateway.errors import ApiError, kafka_away
from services.gateway.kafka.consumer import Instance, RestConsumer
from services.records.kafka_rest_api import NOT_RETRIABLE

T = TypeVar("T")

IDLE_SECONDS = 300.0
"""`consumer.instance.timeout.ms` of the original."""
MOST_INSTANCES = 64
THREADS = 16


@dataclass
class _Held:
    consumer: RestConsumer
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    used_at: float = field(default_factory=time.monotonic)


class Consumers:
    """The registry; belongs to one event loop."""

    def __init__(self, idle_seconds: float = IDLE_SECONDS) -> None:
        self._idle_seconds = idle_seconds
        self._held: dict[tuple[str, str], _Held] = {}
        self._executor = ThreadPoolExecutor(THREADS, thread_name_prefix="kafka-consumer")

    def __len__(self) -> int:
        return len(self._held)

    async def create(self, instance: Instance) -> None:
        """Make an instance.

        Raises:
            ApiError: 409 when the group has one of that name, 422 when Kafka's client refuses
                its configuration, 429 when there are too many.
        """
        key = instance.group, instance.name
        if key in self._held:
            message = "Consumer with specified consumer ID already exists in the specified consumer group."
            raise ApiError(409, message, code=40902)
        if len(self._held) >= MOST_INSTANCES:
            raise ApiError(429, f"{MOST_INSTANCES} consumer instances are open; delete one first")
        try:
            self._held[key] = _Held(RestConsumer(instance))
        except KafkaException as error:
            reason = error.args[0].str()
            raise ApiError(422, f"Invalid consumer configuration: {reason}", code=42204) from error

    def instance(self, group: str, name: str) -> Instance:
        """What the instance was made with.

        Raises:
            ApiError: 404, unknown, deleted or expired.
        """
        return self._find(group, name).consumer.instance

    async def call(self, group: str, name: str, use: Callable[[RestConsumer], T]) -> T:
        """Use one instance, in a thread.

        Raises:
            ApiError: 404 without the instance; else what Kafka's refusal means.
        """
        held = self._find(group, name)
        async with held.lock:
            self._find(group, name)
            try:
                return await self._run(lambda: use(held.consumer))
            except KafkaException as error:
                raise _refusal(error.args[0]) from error
            finally:
                held.used_at = time.monotonic()

    async def delete(self, group: str, name: str) -> None:
        """Close an instance and forget it.

        Raises:
            ApiError: 404, unknown, deleted or expired.
        """
        self._find(group, name)
        await self._close(self._held.pop((group, name)))

    async def expire_forever(self) -> None:
        """Close instances that nobody has used for the idle time."""
        while True:
            await asyncio.sleep(self._idle_seconds / 10)
            await self.expire()

    async def expire(self) -> None:
        """Close instances that are idle now."""
        oldest = time.monotonic() - self._idle_seconds
        for key, held in list(self._held.items()):
            if held.used_at < oldest and not held.lock.locked():
                del self._held[key]
                await self._close(held)

    async def close(self) -> None:
        """Close all instances."""
        held, self._held = list(self._held.values()), {}
        await asyncio.gather(*(self._close(each) for each in held))
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _close(self, held: _Held) -> None:
        async with held.lock:
            await self._run(held.consumer.close)

    async def _run(self, function: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, function)

    def _find(self, group: str, name: str) -> _Held:
        held = self._held.get((group, name))
        if held is None:
            raise ApiError(404, "Consumer instance not found.", code=40403)
        held.used_at = time.monotonic()
        return held


def _refusal(error: KafkaError) -> ApiError:
    if error.code() in {KafkaError._STATE, KafkaError._CONFLICT}:
        return ApiError(409, f"Illegal state: {error.str()}", code=40903)
    if error.code() in {KafkaError._TRANSPORT, KafkaError._TIMED_OUT} or error.retriable():
        return kafka_away(error.str())
    return ApiError(500, error.str(), code=NOT_RETRIABLE)
