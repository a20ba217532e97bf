"""`POST /topics/{topic}` and `POST /topics/{topic}/partitions/{partition}`.

200 only when the broker has acknowledged every record. Otherwise the status is that of the first
record that failed; the body keeps the REST proxy's `offsets`, one entry a record in request order,
and adds `error_code` and `message`: a client that reads the status alone is never misled, one that
reads the body can send just the failed records again.
"""

import time
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope

from services.gateway.body import header, read_body
from services.gateway.budget import Budget
from services.gateway.kafka.kafka_backend import RecordWriter
from services.gateway.kafka.produce_body import KafkaRecord, convert, parse
from services.gateway.kafka.produce_outcome import (
    KafkaFailed,
    KafkaOutcome,
    KafkaStored,
    no_partition,
    too_large,
)
from services.gateway.kafka.topic_metadata import TopicMetadataCache
from services.gateway.media import V2, check_accept, produce_format
from services.gateway.metrics import GatewayMetrics
from services.gateway.refused_request import not_found
from services.gateway.routing import stage_readings

FORM_LENGTHS = {2: "/topics/{topic}", 4: "/topics/{topic}/partitions/{partition}"}
_NO_SCHEMAS = '"key_schema_id":null,"value_schema_id":null'


class ProduceTarget(NamedTuple):
    """Of a produce request; `route` is a label for metrics."""

    topic: str
    partition: int | None
    route: str


def produce_target(path: str) -> ProduceTarget | None:
    """The target of a path, or None if it is no path of a produce request."""
    for _, segments in stage_readings(path):
        if segments[:1] != ["topics"] or len(segments) not in FORM_LENGTHS:
            continue
        route = FORM_LENGTHS[len(segments)]
        if len(segments) == 2:  # noqa: PLR2004, the length of the short form
            return ProduceTarget(segments[1], None, route)
        if segments[2] == "partitions" and segments[3].isascii() and segments[3].isdigit():
            return ProduceTarget(segments[1], int(segments[3]), route)
    return None


class ProduceRoutes:
    def __init__(
        self,
        topics: TopicMetadataCache,
        writer: RecordWriter,
        budget: Budget,
        metrics: GatewayMetrics,
    ) -> None:
        self._topics = topics
        self._writer = writer
        self._budget = budget
        self._metrics = metrics

    def routes(self) -> list[Route]:
        """Paths without a stage, so that the router knows that they can be posted to."""
        return [Route(path, self.serve, methods=["POST"]) for path in FORM_LENGTHS.values()]

    async def serve(self, request: Request) -> Response:
        """As `__call__`, for a request that came by the router."""
        target = produce_target(request.scope["path"])
        if target is None:
            raise not_found()
        return await self(request.scope, request.receive, target)

    async def __call__(self, scope: Scope, receive: Receive, target: ProduceTarget) -> Response:
        """Store the request's records.

        Raises:
            RefusalError: the request as a whole is refused, and nothing of it is stored.
            ClientDisconnect: the client went away before its body was complete.
        """
        format_ = produce_format(header(scope, b"content-type"))
        check_accept(header(scope, b"accept"))
        with self._budget.share() as share:
            body = await read_body(scope, receive, share, self._budget.limits)
            begun = time.perf_counter()
            bodies = parse(body)
            share.take_records(len(bodies))
            records = convert(bodies, format_, target.partition)
            outcomes = await self._store(target.topic, records)
            self._metrics.produce_seconds.observe(time.perf_counter() - begun)
        return produce_response(outcomes)

    async def _store(self, topic: str, records: list[KafkaRecord]) -> list[KafkaOutcome]:
        count = self._topics.cached_partition_count(topic) or await self._topics.partition_count(
            topic
        )
        refused = await self._refused(topic, records, count)
        sendable = [record for index, record in enumerate(records) if index not in refused]
        written = iter(await self._writer.write(topic, sendable) if sendable else ())
        outcomes = [
            refused[index] if index in refused else next(written) for index in range(len(records))
        ]
        self._count(topic, outcomes)
        return outcomes

    async def _refused(
        self, topic: str, records: Sequence[KafkaRecord], count: int
    ) -> dict[int, KafkaOutcome]:
        """The records that cannot be stored, by their index; known before the first is sent."""
        limit = self._budget.limits.record_bytes
        refused: dict[int, KafkaOutcome] = {}
        for index, record in enumerate(records):
            if record.size > limit:
                refused[index] = too_large(record.size, limit)
            elif (
                record.partition is not None
                and record.partition >= count
                and not await self._topics.has_partition(topic, record.partition)
            ):
                refused[index] = no_partition(topic, record.partition, count)
        return refused

    def _count(self, topic: str, outcomes: list[KafkaOutcome]) -> None:
        stored = sum(isinstance(outcome, KafkaStored) for outcome in outcomes)
        self._metrics.records(topic, "stored").inc(stored)
        if stored < len(outcomes):
            self._metrics.records(topic, "failed").inc(len(outcomes) - stored)


def produce_response(outcomes: list[KafkaOutcome]) -> Response:
    """The response to a request whose records had these outcomes, in request order."""
    entries = ",".join([outcome.entry() for outcome in outcomes])
    body = f'{{"offsets":[{entries}],{_NO_SCHEMAS}'
    failures = [outcome for outcome in outcomes if isinstance(outcome, KafkaFailed)]
    if not failures:
        return Response(f"{body}}}", media_type=V2)
    first = failures[0]
    message = (
        f"{len(failures)} of {len(outcomes)} records failed, "
        f"{len(outcomes) - len(failures)} are stored; see offsets. First failure: {first.reason}"
    )
    tail = f',"error_code":{first.code},"message":{msgspec.json.encode(message).decode()}}}'
    headers = {"Retry-After": str(first.retry_after)} if first.retry_after else None
    return Response(body + tail, first.status, headers, media_type=V2)
