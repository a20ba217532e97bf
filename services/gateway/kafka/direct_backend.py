"""The Kafka backend that speaks to Kafka itself (without `KAFKA_REST_URL`)."""

import asyncio

from starlette.routing import Route

from services.gateway.budget import Budget
from services.gateway.health_and_metrics import HealthCheck
from services.gateway.kafka.consumers.consumer_routes import ConsumerRoutes
from services.gateway.kafka.consumers.registry import ConsumerRegistry
from services.gateway.kafka.kafka_backend import KafkaGauge
from services.gateway.kafka.kafka_writer import KafkaWriter
from services.gateway.kafka.topic_metadata import TopicMetadataCache
from services.gateway.kafka.topic_routes import TopicRoutes


class DirectBackend:
    """A `KafkaBackend`; make it inside the event loop that serves it."""

    def __init__(self, bootstrap: str, topics: TopicMetadataCache, budget: Budget) -> None:
        self.writer = KafkaWriter(bootstrap, budget.limits)
        self._consumers = ConsumerRegistry(budget.limits)
        self._routes = [
            *TopicRoutes(topics).routes(),
            *ConsumerRoutes(self._consumers, budget, bootstrap).routes(),
        ]

    def routes(self) -> list[Route]:
        return self._routes

    def gauges(self) -> list[KafkaGauge]:
        """How many consumer instances are open."""
        what = "Consumer instances that are open."
        return [KafkaGauge("gateway_consumers", what, lambda: len(self._consumers))]

    def health_checks(self) -> list[HealthCheck]:
        """None: the metadata cache asks Kafka."""
        return []

    async def start(self) -> None:
        """Expire idle consumers from now on."""
        self._expiry = asyncio.create_task(self._consumers.expire_forever())

    def drain(self) -> None:
        """Reads of consumers wait no more."""
        self._consumers.drain()

    async def close(self) -> None:
        """Close the consumers."""
        self._expiry.cancel()
        await self._consumers.close()
