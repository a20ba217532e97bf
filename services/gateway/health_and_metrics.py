"""`/health` and `/metrics`: which backend does not answer, and Prometheus' page."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.gateway.metrics import GatewayMetrics
from services.gateway.refused_request import JSON, UNAVAILABLE_RETRY_SECONDS

Check = Callable[[], Awaitable[str | None]]
"""Returns what is wrong with a backend, or None."""


@dataclass(frozen=True)
class HealthCheck:
    """Of one backend.

    Attributes:
        name: The backend's, in `/health`'s `problems`.
        check: Returns what is wrong with it, or None.
        needed: Whether the gateway is unavailable without it, or only degraded.
    """

    name: str
    check: Check
    needed: bool


class HealthAndMetricsRoutes:
    """The routes for whoever runs the gateway."""

    def __init__(self, health_checks: Sequence[HealthCheck], metrics: GatewayMetrics) -> None:
        self._health_checks = health_checks
        self._metrics = metrics

    def routes(self) -> list[Route]:
        """Paths without a stage."""
        return [
            Route("/health", self.health, methods=["GET"]),
            Route("/metrics", self.metrics, methods=["GET"]),
        ]

    async def health(self, _request: Request) -> Response:
        """200 when every backend that is needed answers, else 503; with what is wrong.

        The two backends are used apart: Kafka makes the gateway ready, Kinesis that is unavailable degrades it.
        """
        results = await asyncio.gather(*(each.check() for each in self._health_checks))
        failed = [pair for pair in zip(self._health_checks, results, strict=True) if pair[1]]
        if not failed:
            return Response(b'{"status":"ok"}', media_type=JSON)
        fatal = any(check.needed for check, _ in failed)
        status = "unavailable" if fatal else "degraded"
        problems = {check.name: problem for check, problem in failed}
        body = msgspec.json.encode({"status": status, "problems": problems})
        if not fatal:
            return Response(body, media_type=JSON)
        return Response(body, 503, {"Retry-After": str(UNAVAILABLE_RETRY_SECONDS)}, media_type=JSON)

    async def metrics(self, _request: Request) -> Response:
        """Prometheus' text page."""
        return Response(self._metrics.page(), media_type=CONTENT_TYPE_LATEST)
