"""The Kafka half of a gateway, whichever way it takes to Kafka."""

import asyncio
from typing import Protocol

from starlette.routing import Route

from services.gateway.budget import Budget
from services.gateway.health_and_metrics import HealthCheck
from services.gateway.kafka.consumers.consumer_routes import ConsumerRoutes
from services.gateway.kafka.consumers.registry import ConsumerRegistry
from services.gateway.kafka.kafka_backend import RecordWriter
from services.gateway.kafka.kafka_writer import KafkaWriter
from services.gateway.kafka.topic_metadata import TopicMetadataCache
from services.gateway.kafka.topic_routes import TopicRoutes


class KafkaBackend(Protocol):
    """What the app needs of it: a writer, the other calls' routes, and who can be asked how it is."""

    @property
    def writer(self) -> RecordWriter:
        """For produce requests."""

    def routes(self) -> list[Route]:
        """Paths without a stage: topic metadata and consumers."""

    def backends(self) -> list[HealthCheck]:
        """What has to be there besides Kafka."""

    async def start(self) -> None:
        """Begin what runs beside the requests."""

    async def close(self) -> None:
        """Let go of Kafka."""


class DirectBackend:
    """Speaks to Kafka itself; make it inside the event loop that serves it."""

    def __init__(self, bootstrap: str, directory: TopicMetadataCache, budget: Budget) -> None:
        self.writer = KafkaWriter(bootstrap, budget.limits)
        self._consumers = ConsumerRegistry()
        self._routes = [
            *TopicRoutes(directory).routes(),
            *ConsumerRoutes(self._consumers, budget, bootstrap).routes(),
        ]

    def routes(self) -> list[Route]:
        """See `KafkaHalf`."""
        return self._routes

    def backends(self) -> list[HealthCheck]:
        """None: the directory asks Kafka."""
        return []

    async def start(self) -> None:
        """Expire idle consumers."""
        self._expiry = asyncio.create_task(self._consumers.expire_forever())

    async def close(self) -> None:
        """Close the consumers."""
        self._expiry.cancel()
        await self._consumers.close()
