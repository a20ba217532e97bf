"""`GET /topics…`: names, configuration, partitions and offsets of topics. None of these creates a topic."""

from typing import Any

import msgspec
from confluent_kafka import KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # re-exported, untold
    ClusterMetadata,
    ConfigResource,
    OffsetSpec,
    PartitionMetadata,
    TopicMetadata,
)
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.gateway.body import header
from services.gateway.kafka.topic_metadata import TopicMetadataCache, unknown_topic
from services.gateway.media import V2, check_accept, check_managed
from services.gateway.refused_request import RefusalError, kafka_unavailable
from services.records.kafka_rest_api import NOT_RETRIABLE

ADMIN_SECONDS = 5.0
EARLIEST: OffsetSpec = OffsetSpec.earliest()  # type: ignore[no-untyped-call]
LATEST: OffsetSpec = OffsetSpec.latest()  # type: ignore[no-untyped-call]


class TopicRoutes:
    """The metadata routes of the REST proxy."""

    def __init__(self, topics: TopicMetadataCache) -> None:
        self._topics = topics

    def routes(self) -> list[Route]:
        """Paths without a stage."""
        partition = "/topics/{topic}/partitions/{partition:int}"
        return [
            Route("/", self.root, methods=["GET"]),
            Route("/topics", self.names, methods=["GET"]),
            Route("/topics/{topic}", self.topic, methods=["GET"]),
            Route("/topics/{topic}/partitions", self.partitions, methods=["GET"]),
            Route(partition, self.partition, methods=["GET"]),
            Route(f"{partition}/offsets", self.offsets, methods=["GET"]),
        ]

    async def root(self, request: Request) -> Response:
        """The REST proxy's root is an empty object."""
        return _json(request, {})

    async def names(self, request: Request) -> Response:
        """Names of all topics but Kafka's own."""
        metadata = await self._metadata(request)
        return _json(request, sorted(name for name in metadata.topics if name[:2] != "__"))

    async def topic(self, request: Request) -> Response:
        """Name, configuration and partitions of one topic."""
        topic = await self._topic(request)
        configs = await self._configs(str(topic.topic))
        partitions = [_partition(each) for each in topic.partitions.values()]
        return _json(request, {"name": topic.topic, "configs": configs, "partitions": partitions})

    async def partitions(self, request: Request) -> Response:
        """All partitions of one topic."""
        topic = await self._topic(request)
        return _json(request, [_partition(each) for each in topic.partitions.values()])

    async def partition(self, request: Request) -> Response:
        return _json(request, _partition(await self._partition(request)))

    async def offsets(self, request: Request) -> Response:
        """The offsets of a partition's first record and of the one that comes next."""
        partition = await self._partition(request)
        topic_partition = TopicPartition(request.path_params["topic"], partition.id)
        return _json(
            request,
            {
                "beginning_offset": await self._offset(topic_partition, EARLIEST),
                "end_offset": await self._offset(topic_partition, LATEST),
            },
        )

    async def _metadata(self, request: Request) -> ClusterMetadata:
        check_managed(header(request.scope, b"content-type"))
        check_accept(header(request.scope, b"accept"))
        return await self._topics.refresh()

    async def _topic(self, request: Request) -> TopicMetadata:
        name = request.path_params["topic"]
        topic = (await self._metadata(request)).topics.get(name)
        if topic is None:
            raise unknown_topic(name)
        return topic

    async def _partition(self, request: Request) -> PartitionMetadata:
        partition = (await self._topic(request)).partitions.get(request.path_params["partition"])
        if partition is None:
            raise RefusalError(404, "Partition not found.", code=40402)
        return partition

    async def _configs(self, topic: str) -> dict[str, str | None]:
        resource = ConfigResource(ConfigResource.Type.TOPIC, topic)
        found = self._topics.admin.describe_configs([resource], request_timeout=ADMIN_SECONDS)
        entries = await self._result(found[resource])
        return {name: entry.value for name, entry in sorted(entries.items())}

    async def _offset(self, topic_partition: TopicPartition, spec: OffsetSpec) -> int:
        found = self._topics.admin.list_offsets(
            {topic_partition: spec}, request_timeout=ADMIN_SECONDS
        )
        return int((await self._result(found[topic_partition])).offset)

    async def _result(self, future: Any) -> Any:
        """The admin client's answer, or the REST proxy's error for it."""
        try:
            return await self._topics.call(future.result)
        except KafkaException as error:
            raise _admin_error(error.args[0]) from error


def _admin_error(error: KafkaError) -> RefusalError:
    if error.code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
        return RefusalError(404, "This server does not host this topic-partition.", code=40403)
    if error.code() in {KafkaError._TIMED_OUT, KafkaError._TRANSPORT} or error.retriable():
        return kafka_unavailable(error.str())
    return RefusalError(500, error.str(), code=NOT_RETRIABLE)


def _partition(partition: PartitionMetadata) -> dict[str, Any]:
    return {
        "partition": partition.id,
        "leader": partition.leader,
        "replicas": [
            {
                "broker": broker,
                "leader": broker == partition.leader,
                "in_sync": broker in partition.isrs,
            }
            for broker in partition.replicas
        ],
    }


def _json(request: Request, payload: Any) -> Response:
    check_managed(header(request.scope, b"content-type"))
    check_accept(header(request.scope, b"accept"))
    return Response(msgspec.json.encode(payload), media_type=V2)
