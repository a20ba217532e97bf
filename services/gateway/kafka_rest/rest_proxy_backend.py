"""The Kafka backend that has Confluent's REST proxy behind it (`KAFKA_REST_URL`)."""

from starlette.routing import Route

from services.gateway.budget import Budget
from services.gateway.health_and_metrics import HealthCheck
from services.gateway.kafka.kafka_backend import KafkaGauge
from services.gateway.kafka_rest.forwarded_routes import ForwardedRoutes
from services.gateway.kafka_rest.rest_proxy_client import RestProxyClient
from services.gateway.kafka_rest.rest_writer import RestWriter


class RestProxyBackend:
    """A `KafkaBackend`; make it inside the event loop that serves it."""

    def __init__(self, url: str, budget: Budget) -> None:
        self._client = RestProxyClient(url, budget.limits)
        self._routes = ForwardedRoutes(self._client, budget).routes()
        self.writer = RestWriter(self._client)

    def routes(self) -> list[Route]:
        """Forwarded to the proxy."""
        return self._routes

    def gauges(self) -> list[KafkaGauge]:
        """None: consumers live in the proxy."""
        return []

    def health_checks(self) -> list[HealthCheck]:
        """The proxy, without which no record is stored."""
        return [HealthCheck("kafka-rest", self._client.health, needed=True)]

    async def start(self) -> None:
        """Nothing runs in the background: consumers live in the proxy."""

    def drain(self) -> None:
        """Nothing: what waits is the proxy's."""

    async def close(self) -> None:
        self._client.close()
