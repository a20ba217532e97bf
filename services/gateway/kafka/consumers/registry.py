"""All consumer instances of this process: found by group and name, expired when idle.

The Kafka client's calls block, so each runs in a thread, one at a time for one instance. There are as many threads
as instances can be open, and no other part of the gateway uses them.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from confluent_kafka import KafkaError, KafkaException

from services.gateway.kafka.consumers.instance_config import InstanceConfig
from services.gateway.kafka.consumers.rest_consumer import RestConsumer
from services.gateway.limits import Limits
from services.gateway.refused_request import (
    OVERLOADED_RETRY_SECONDS,
    RefusalError,
    kafka_unavailable,
)
from services.records.kafka_rest_api import NOT_RETRIABLE

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass
class _Entry:
    consumer: RestConsumer
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    used_at: float = field(default_factory=time.monotonic)


class ConsumerRegistry:
    """The registry; belongs to one event loop.

    Attributes:
        is_draining: Whether reads are to answer with what is there.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._instances: dict[tuple[str, str], _Entry] = {}
        self._closing = 0
        self.is_draining = False
        self._executor = ThreadPoolExecutor(limits.consumers, thread_name_prefix="kafka-consumer")

    def __len__(self) -> int:
        return len(self._instances)

    async def create(self, config: InstanceConfig) -> None:
        """Create an instance.

        Raises:
            RefusalError: 409 when the group has one of that name, 422 when Kafka's client refuses
                its configuration, 429 when there are too many that are in use.
        """
        key = config.group, config.name
        self._check_unused(key)
        await self._make_room()
        self._check_unused(key)
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
            if self._find(group, name) is not entry:
                raise _not_found()
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
        await self._close((group, name))

    async def expire_forever(self) -> None:
        """Close instances that nobody has used for the idle time."""
        while True:
            await asyncio.sleep(self._limits.consumer_idle_seconds / 10)
            await self.expire()

    async def expire(self) -> None:
        """Close instances that are idle now."""
        await self._close_all(self._idle(self._limits.consumer_idle_seconds))

    def drain(self) -> None:
        """Reads answer with what is there, and wait no more."""
        self.is_draining = True

    async def close(self) -> None:
        await self._close_all(list(self._instances))
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _make_room(self) -> None:
        """At the limit the instance goes that has been idle longest, if it is not one that is in use.

        Raises:
            RefusalError: 429.
        """
        most = self._limits.consumers
        if len(self._instances) + self._closing < most:
            return
        idle = self._idle(self._limits.consumer_spare_seconds)
        await self._close_all(idle[:1])
        if len(self._instances) + self._closing >= most:
            raise RefusalError(
                429,
                f"{most} consumer instances are open and in use; DELETE those that are not needed, "
                "or let GATEWAY_CONSUMERS allow more (an idle one goes by itself after GATEWAY_CONSUMER_IDLE seconds)",
                headers={"Retry-After": str(OVERLOADED_RETRY_SECONDS)},
            )

    def _check_unused(self, key: tuple[str, str]) -> None:
        if key in self._instances:
            message = "Consumer with specified consumer ID already exists in the specified consumer group."
            raise RefusalError(409, message, code=40902)

    def _idle(self, seconds: float) -> list[tuple[str, str]]:
        """Instances that nobody has used for so long, the longest first."""
        oldest = time.monotonic() - seconds
        idle = [
            (entry.used_at, key)
            for key, entry in self._instances.items()
            if entry.used_at < oldest and not entry.lock.locked()
        ]
        return [key for _, key in sorted(idle)]

    async def _close_all(self, keys: list[tuple[str, str]]) -> None:
        await asyncio.gather(*(self._close(key) for key in keys))

    async def _close(self, key: tuple[str, str]) -> None:
        """Close and remove; the name is free at once, the place when it is closed."""
        entry = self._instances.pop(key, None)
        if entry is None:
            return
        self._closing += 1
        try:
            async with entry.lock:
                await self._run(entry.consumer.close)
        except KafkaException as error:
            log.warning("consumers: %s was not closed well: %s", key, error.args[0].str())
        finally:
            self._closing -= 1

    async def _run(self, function: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, function)

    def _find(self, group: str, name: str) -> _Entry:
        entry = self._instances.get((group, name))
        if entry is None:
            raise _not_found()
        entry.used_at = time.monotonic()
        return entry


def _not_found() -> RefusalError:
    return RefusalError(404, "Consumer instance not found.", code=40403)


def _refusal(error: KafkaError) -> RefusalError:
    if error.code() in {KafkaError._STATE, KafkaError._CONFLICT}:
        return RefusalError(409, f"Illegal state: {error.str()}", code=40903)
    if error.code() in {KafkaError._TRANSPORT, KafkaError._TIMED_OUT} or error.retriable():
        return kafka_unavailable(error.str())
    return RefusalError(500, error.str(), code=NOT_RETRIABLE)
