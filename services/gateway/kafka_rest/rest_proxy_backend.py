"""The Kafka half of a gateway that has Confluent's REST proxy behind it."""

from starlette.routing import Route

from services.gateway.budget import Budget
from services.gateway.health_and_metrics import HealthCheck
from services.gateway.kafka_rest.forwarded_routes import ForwardedRoutes
from services.gateway.kafka_rest.rest_proxy_client import RestProxyClient
from services.gateway.kafka_rest.rest_writer import RestWriter


class RestProxyBackend:
    """See `KafkaHalf`; make it inside the event loop that serves it."""

    def __init__(self, url: str, budget: Budget) -> None:
        self._client = RestProxyClient(url, budget.limits)
        self._routes = ForwardedRoutes(self._client, budget).routes()
        self.writer = RestWriter(self._client)

    def routes(self) -> list[Route]:
        """Passed on to the proxy."""
        return self._routes

    def backends(self) -> list[HealthCheck]:
        """The proxy, without which no record is stored."""
        return [HealthCheck("kafka-rest", self._client.health, needed=True)]

    async def start(self) -> None:
        """Nothing runs beside the requests: consumers live in the proxy."""

    async def close(self) -> None:
        """Let go of the proxy."""
        self._client.close()
