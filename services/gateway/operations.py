"""`/health` and `/metrics`."""

from collections.abc import Awaitable, Callable

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.gateway.errors import AWAY_RETRY_SECONDS, JSON
from services.gateway.metrics import Metrics

Check = Callable[[], Awaitable[str | None]]
"""Says what is wrong with a back end, or None."""


class OperationRoutes:
    """Serves the routes for whoever runs the gateway."""

    def __init__(self, checks: dict[str, Check], metrics: Metrics) -> None:
        self._checks = checks
        self._metrics = metrics

    def routes(self) -> list[Route]:
        """Paths without a stage."""
        return [
            Route("/health", self.health, methods=["GET"]),
            Route("/metrics", self.metrics, methods=["GET"]),
        ]

    async def health(self, _request: Request) -> Response:
        """200 when every back end answers, else 503 with what is wrong."""
        wrong = {
            name: problem for name, check in self._checks.items() if (problem := await check())
        }
        if not wrong:
            return Response(b'{"status":"ok"}', media_type=JSON)
        body = msgspec.json.encode({"status": "unavailable", "problems": wrong})
        return Response(body, 503, {"Retry-After": str(AWAY_RETRY_SECONDS)}, media_type=JSON)

    async def metrics(self, _request: Request) -> Response:
        """Prometheus' text page."""
        return Response(self._metrics.page(), media_type=CONTENT_TYPE_LATEST)
