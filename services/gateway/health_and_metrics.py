"""`/health` and `/metrics`."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.gateway.metrics import GatewayMetrics
from services.gateway.refusals import JSON, UNAVAILABLE_RETRY_SECONDS

Check = Callable[[], Awaitable[str | None]]
"""Says what is wrong with a back end, or None."""


@dataclass(frozen=True)
class HealthCheck:
    """Something behind the gateway.

    Attributes:
        name: Under which a problem is told.
        check: Says what is wrong with it.
        needed: Whether the gateway is of no use without it.
    """

    name: str
    check: Check
    needed: bool


class HealthAndMetricsRoutes:
    """Serves the routes for whoever runs the gateway."""

    def __init__(self, backends: Sequence[HealthCheck], metrics: GatewayMetrics) -> None:
        self._backends = backends
        self._metrics = metrics

    def routes(self) -> list[Route]:
        """Paths without a stage."""
        return [
            Route("/health", self.health, methods=["GET"]),
            Route("/metrics", self.metrics, methods=["GET"]),
        ]

    async def health(self, _request: Request) -> Response:
        """200 when every back end that is needed answers, else 503; with what is wrong.

        The two halves are used apart: Kafka makes the gateway ready, Kinesis that is away degrades it.
        """
        checks = await asyncio.gather(*(backend.check() for backend in self._backends))
        found = [pair for pair in zip(self._backends, checks, strict=True) if pair[1]]
        if not found:
            return Response(b'{"status":"ok"}', media_type=JSON)
        fatal = any(backend.needed for backend, _ in found)
        status = "unavailable" if fatal else "degraded"
        problems = {backend.name: problem for backend, problem in found}
        body = msgspec.json.encode({"status": status, "problems": problems})
        if not fatal:
            return Response(body, media_type=JSON)
        return Response(body, 503, {"Retry-After": str(UNAVAILABLE_RETRY_SECONDS)}, media_type=JSON)

    async def metrics(self, _request: Request) -> Response:
        """Prometheus' text page."""
        return Response(self._metrics.page(), media_type=CONTENT_TYPE_LATEST)
