"""What the gateway's health says when one of its two back ends is away."""

import asyncio
import json

import pytest
from starlette.requests import Request

from services.gateway.health_and_metrics import Check, HealthAndMetricsRoutes, HealthCheck
from services.gateway.metrics import GatewayMetrics


def _check(problem: str | None) -> Check:
    async def check() -> str | None:
        return problem

    return check


@pytest.mark.parametrize(
    ("kafka", "kinesis", "status", "word"),
    [
        (None, None, 200, "ok"),
        (None, "gone", 200, "degraded"),
        ("gone", None, 503, "unavailable"),
        ("gone", "gone", 503, "unavailable"),
    ],
)
def test_health(kafka: str | None, kinesis: str | None, status: int, word: str) -> None:
    """Kafka makes the gateway ready; Kinesis that is away is told, and takes nothing down."""
    backends = (
        HealthCheck("kafka", _check(kafka), needed=True),
        HealthCheck("kinesis", _check(kinesis), needed=False),
    )
    routes = HealthAndMetricsRoutes(backends, GatewayMetrics())
    answer = asyncio.run(routes.health(Request({"type": "http"})))
    told = json.loads(bytes(answer.body))
    assert (answer.status_code, told["status"]) == (status, word)
    wrong = {"kafka": kafka, "kinesis": kinesis}
    assert told.get("problems", {}) == {name: text for name, text in wrong.items() if text}
