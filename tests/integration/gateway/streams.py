"""A gateway in front of a Kinesis of the test's own; no Kafka, no Java."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from pydantic import SecretStr

from services.aws import kinesis_client
from services.settings import HOST, Settings
from tests.integration.gateway.running import RunningGateway, running_gateway

NOWHERE = f"{HOST}:1"
"""Nothing listens there."""

Stored = tuple[str, str, str, bytes]
"""Shard, sequence number, partition key and data of a record."""


def project_stream(table: str = "pin") -> str:
    """A name of the project's pattern that nobody has used."""
    return f"streaming-{uuid4().hex[:12]}-{table}"


def kinesis_settings(port: int) -> Settings:
    """Settings of a gateway whose Kinesis is on this port, and whose Kafka is nowhere."""
    return Settings(
        kafka_bootstrap=NOWHERE,
        aws_endpoint_url=f"http://{HOST}:{port}",
        kinesis_port=port,
        aws_access_key_id=SecretStr("test"),
        aws_secret_access_key=SecretStr("test"),
    )


@contextlib.contextmanager
def streaming_gateway(port: int, folder: Path) -> Iterator[RunningGateway]:
    """A gateway process before the Kinesis on this port, which need not be there."""
    with running_gateway(kinesis_settings(port), folder, await_kafka=False) as running:
        yield running


def stored(settings: Settings, stream: str) -> list[Stored]:
    """Every record of a stream, shard by shard in its order."""
    client = kinesis_client(settings)
    found: list[Stored] = []
    for shard in client.list_shards(StreamName=stream)["Shards"]:
        name = shard["ShardId"]
        iterator = client.get_shard_iterator(
            StreamName=stream, ShardId=name, ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        while True:
            page = client.get_records(ShardIterator=iterator)
            found += [
                (name, row["SequenceNumber"], row["PartitionKey"], row["Data"])
                for row in page["Records"]
            ]
            if not page["MillisBehindLatest"] and not page["Records"]:
                break
            iterator = page["NextShardIterator"]
    return found


def values(settings: Settings, stream: str) -> list[bytes]:
    """The data of every record of a stream."""
    return [data for *_, data in stored(settings, stream)]
