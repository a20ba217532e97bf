"""`/consumers/{group}…`: the consumer calls of the REST proxy, from create to commit."""

from collections.abc import Callable
from typing import Any, Literal, TypeVar

import msgspec
from confluent_kafka import TopicPartition
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.gateway.body import header, read_body
from services.gateway.budget import Budget
from services.gateway.kafka.consumers.bodies import (
    CreateBody,
    OffsetsBody,
    PartitionsBody,
    PositionsBody,
    SubscribeBody,
    decode,
)
from services.gateway.kafka.consumers.instance_config import instance_config
from services.gateway.kafka.consumers.instance_uri import instance_uri
from services.gateway.kafka.consumers.record_reads import RecordReads
from services.gateway.kafka.consumers.registry import ConsumerRegistry
from services.gateway.kafka.consumers.rest_consumer import RestConsumer
from services.gateway.media import V2, check_accept, check_managed
from services.gateway.refused_request import RefusalError

T = TypeVar("T")


class ConsumerRoutes:
    def __init__(self, consumers: ConsumerRegistry, budget: Budget, bootstrap: str) -> None:
        self._consumers = consumers
        self._budget = budget
        self._bootstrap = bootstrap
        self._reads = RecordReads(consumers)

    def routes(self) -> list[Route]:
        """Paths without a stage."""
        one = "/consumers/{group}/instances/{name}"
        return [
            Route("/consumers/{group}", self.create, methods=["POST"]),
            Route(one, self.delete, methods=["DELETE"]),
            Route(f"{one}/subscription", self.subscribe, methods=["POST"]),
            Route(f"{one}/subscription", self.subscription, methods=["GET"]),
            Route(f"{one}/subscription", self.unsubscribe, methods=["DELETE"]),
            Route(f"{one}/assignments", self.assign, methods=["POST"]),
            Route(f"{one}/assignments", self.assignments, methods=["GET"]),
            Route(f"{one}/positions", self.seek, methods=["POST"]),
            Route(f"{one}/positions/beginning", self.seek_beginning, methods=["POST"]),
            Route(f"{one}/positions/end", self.seek_end, methods=["POST"]),
            Route(f"{one}/records", self._reads.serve, methods=["GET"]),
            Route(f"{one}/offsets", self.commit, methods=["POST"]),
            Route(f"{one}/offsets", self.committed, methods=["GET"]),
        ]

    async def create(self, request: Request) -> Response:
        """Create an instance; base_uri keeps the stage, so that the next call finds the gateway."""
        body = await self._body(request) or b"{}"
        group = request.path_params["group"]
        config = instance_config(group, decode(body, CreateBody), self._bootstrap)
        await self._consumers.create(config)
        uri = instance_uri(request, group, config.name)
        return _json({"instance_id": config.name, "base_uri": uri})

    async def delete(self, request: Request) -> Response:
        await self._body(request)
        await self._consumers.delete(request.path_params["group"], request.path_params["name"])
        return _nothing()

    async def subscribe(self, request: Request) -> Response:
        body = decode(await self._body(request), SubscribeBody)
        if not body.topics and body.topic_pattern is None:
            raise RefusalError(422, "topics or topic_pattern must not be null (was null)")
        await self._use(request, lambda it: it.subscribe(body.topics or [], body.topic_pattern))
        return _nothing()

    async def subscription(self, request: Request) -> Response:
        await self._body(request)
        return _json({"topics": await self._use(request, RestConsumer.subscription)})

    async def unsubscribe(self, request: Request) -> Response:
        await self._body(request)
        await self._use(request, RestConsumer.unsubscribe)
        return _nothing()

    async def assign(self, request: Request) -> Response:
        body = decode(await self._body(request), PartitionsBody)
        await self._use(request, lambda it: it.assign(each.id for each in body.partitions))
        return _nothing()

    async def assignments(self, request: Request) -> Response:
        await self._body(request)
        partitions = await self._use(request, RestConsumer.assignment)
        return _json({"partitions": [{"topic": t, "partition": p} for t, p in partitions]})

    async def seek(self, request: Request) -> Response:
        """Read on from these offsets or times."""
        body = decode(await self._body(request), PositionsBody)
        offsets = {each.id: each.offset for each in body.offsets}
        times = {each.id: each.milliseconds for each in body.timestamps}
        if offsets:
            await self._use(request, lambda it: it.seek(offsets))
        if times:
            await self._use(request, lambda it: it.seek_times(times))
        return _nothing()

    async def seek_beginning(self, request: Request) -> Response:
        """Read on from the first record."""
        return await self._seek_to(request, "beginning")

    async def seek_end(self, request: Request) -> Response:
        """Read on from the record that comes next."""
        return await self._seek_to(request, "end")

    async def _seek_to(self, request: Request, end: Literal["beginning", "end"]) -> Response:
        body = decode(await self._body(request), PartitionsBody)
        partitions = [each.id for each in body.partitions]
        await self._use(request, lambda it: it.seek_to(partitions, end))
        return _nothing()

    async def commit(self, request: Request) -> Response:
        """Commit the given offsets, or everything that was handed out."""
        body = await self._body(request)
        offsets: list[TopicPartition] = []
        if body.strip():
            offsets = [
                TopicPartition(each.topic, each.partition, each.offset + 1, each.metadata or "")
                for each in decode(body, OffsetsBody).offsets
            ]
        await self._use(request, lambda it: it.commit(offsets))
        return _json([])

    async def committed(self, request: Request) -> Response:
        """What the group has committed; the partitions come in a body, on a GET."""
        body = await self._body(request)
        if not body.strip():
            raise RefusalError(404, "Partition not found.", code=40402)
        partitions = [each.id for each in decode(body, PartitionsBody).partitions]
        found = await self._use(request, lambda it: it.committed(partitions))
        return _json(
            {
                "offsets": [
                    {
                        "topic": each.topic,
                        "partition": each.partition,
                        "offset": each.offset,
                        "metadata": each.metadata or "",
                    }
                    for each in found
                ]
            }
        )

    async def _body(self, request: Request) -> bytes:
        check_managed(header(request.scope, b"content-type"))
        check_accept(header(request.scope, b"accept"))
        with self._budget.share() as share:
            return await read_body(request.scope, request.receive, share, self._budget.limits)

    async def _use(self, request: Request, use: Callable[[RestConsumer], T]) -> T:
        params = request.path_params
        return await self._consumers.call(params["group"], params["name"], use)


def _json(payload: Any) -> Response:
    return Response(msgspec.json.encode(payload), media_type=V2)


def _nothing() -> Response:
    return Response(status_code=204)
