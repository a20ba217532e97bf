"""The ASGI app: finds the route of a request, turns refusals into responses, drains before it stops."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.gateway.budget import Budget
from services.gateway.health_and_metrics import HealthAndMetricsRoutes, HealthCheck
from services.gateway.kafka.direct_backend import DirectBackend
from services.gateway.kafka.kafka_backend import KafkaBackend
from services.gateway.kafka.produce import ProduceRoutes, produce_target
from services.gateway.kafka.topic_metadata import TopicMetadataCache
from services.gateway.kafka_rest.rest_proxy_backend import RestProxyBackend
from services.gateway.kinesis.kinesis_backend import KinesisBackend
from services.gateway.kinesis.stream_paths import stream_target
from services.gateway.kinesis.unknown_resource import unknown_resource
from services.gateway.limits import Limits
from services.gateway.metrics import GatewayMetrics
from services.gateway.refused_request import RefusalError
from services.gateway.routing import Router
from services.settings import Settings

log = logging.getLogger(__name__)

NO_ROUTE = "none"
DRAIN_POLL_SECONDS = 0.02
LAST_BODIES_SECONDS = 1.0
LAST_ANSWERS_SECONDS = 2.0


class GatewayApp:
    """A gateway with its clients; make it inside the event loop that serves it."""

    def __init__(self, settings: Settings, limits: Limits) -> None:
        self.limits = limits
        self.metrics = GatewayMetrics()
        self.budget = Budget(limits)
        self.topics = TopicMetadataCache(
            settings.kafka_bootstrap, settings.topic_partitions, limits
        )
        self.kafka = self._kafka_backend(settings)
        self._produce = ProduceRoutes(self.topics, self.kafka.writer, self.budget, self.metrics)
        self.kinesis = KinesisBackend(settings, self.budget, self.metrics)
        health_checks = (
            HealthCheck("kafka", self.topics.health, needed=True),
            *self.kafka.health_checks(),
            HealthCheck("kinesis", self.kinesis.streams.health, needed=False),
        )
        self._router = Router(
            [
                *HealthAndMetricsRoutes(health_checks, self.metrics).routes(),
                *self._produce.routes(),
                *self.kafka.routes(),
            ]
        )
        self._active = 0
        self._register_gauges()

    def _kafka_backend(self, settings: Settings) -> KafkaBackend:
        if settings.kafka_rest_url:
            return RestProxyBackend(settings.kafka_rest_url, self.budget)
        return DirectBackend(settings.kafka_bootstrap, self.topics, self.budget)

    def _register_gauges(self) -> None:
        gauge = self.metrics.gauge
        gauge("gateway_inflight_requests", "Requests being served.", lambda: self._active)
        gauge("gateway_inflight_bytes", "Bodies in memory.", lambda: self.budget.inflight_bytes)
        gauge("gateway_queue_records", "Records out to Kafka.", lambda: len(self.kafka.writer))
        for each in self.kafka.gauges():
            gauge(*each)
        streams = self.kinesis.writer
        gauge("gateway_stream_queue_records", "Records out to Kinesis.", lambda: len(streams))

    @property
    def active(self) -> int:
        """Requests that are being served."""
        return self._active

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        self._active += 1
        try:
            route, response = await self._respond(scope, receive)
            self.metrics.requests(route, response.status_code).inc()
            await response(scope, receive, send)
        except ClientDisconnect:
            self.metrics.requests("client went away", 499).inc()
        finally:
            self._active -= 1

    async def _respond(self, scope: Scope, receive: Receive) -> tuple[str, Response]:
        """The route (a label for metrics) and the response. Requests with records skip the router."""
        streams = stream_target(scope)
        if streams is not None:
            route = f"kinesis {streams.operation}".rstrip()
            return route, await self.kinesis(scope, receive, streams)
        route = NO_ROUTE
        try:
            target = produce_target(scope["path"]) if scope["method"] == "POST" else None
            if target is not None:
                return target.route, await self._produce(scope, receive, target)
            found = self._router.find(scope)
            route = found.path
            return route, await found.endpoint(Request(found.scope, receive))
        except RefusalError as error:
            return route, unknown_resource(scope, error) or error.response()
        except ClientDisconnect:
            raise
        except Exception:
            log.exception("unforeseen failure at %s %r", scope["method"], scope["path"])
            return route, RefusalError(500, "Internal Server Error").response()

    async def start(self) -> None:
        """Start background tasks."""
        await self.kafka.start()

    async def drain(self) -> int:
        """Let accepted requests end; returns how many did not within the limits.

        A record that Kafka or Kinesis does not acknowledge in time is reported to its sender as unknown: the
        answer goes out, and then the process may end.
        """
        self.kafka.drain()
        await self._until_zero(lambda: self._active, LAST_BODIES_SECONDS)
        await self._until_zero(self._accepted, self.limits.drain_seconds)
        self.kafka.writer.abandon()
        self.kinesis.writer.abandon()
        await self._until_zero(self._accepted, LAST_ANSWERS_SECONDS)
        return self._accepted()

    def _accepted(self) -> int:
        return self._active - self.budget.reading

    async def _until_zero(self, count: Callable[[], int], seconds: float) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while count() and loop.time() < deadline:
            await asyncio.sleep(DRAIN_POLL_SECONDS)

    async def close(self) -> None:
        """Close the clients of Kafka and Kinesis; does not wait for one that is unavailable."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_ANSWERS_SECONDS):
                await self.kafka.close()
        self.topics.close()
        self.kinesis.close()
