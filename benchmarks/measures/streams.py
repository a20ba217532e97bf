"""The gateway's record route: one record a request, gathered into PutRecords."""

import asyncio
import time

import msgspec
from botocore.config import Config

from benchmarks.figure import Figure
from benchmarks.load.http_load import HttpLoad, run
from services.aws import kinesis_client
from services.settings import Settings
from services.stack.native.scratch import ScratchStack
from services.tables import PIN

OTHER_USER = "bbbbbbbbbbbb"
"""Whose stream the streaming application does not read."""

CONNECTIONS = 64
SECONDS = 10.0
WARM_UP_SECONDS = 2.0
RECORD_BYTES = 1000
BATCH = 500
JSON = "application/json"


def measure(stack: ScratchStack) -> list[Figure]:
    """Requests a second at 64 connections, against PutRecords(500) straight to Kinesis."""
    load = record_load(stack.settings, SECONDS)
    straight = put_records(stack.settings, SECONDS)
    return [
        Figure(
            "stream_requests", load.requests_per_second, straight,
            "requests/s", 1000, "more", "records/s of boto3's PutRecords(500), no gateway",
        ),
    ]  # fmt: skip


def record_load(settings: Settings, seconds: float) -> HttpLoad:
    """A warm-up, then the load that counts.

    Raises:
        RuntimeError: a request was not answered with 200.
    """
    stream = PIN.stream(OTHER_USER)
    url = f"{settings.gateway_url}/{settings.gateway_stage}/streams/{stream}/record"
    body = record_body(RECORD_BYTES)
    asyncio.run(_post(url, body, WARM_UP_SECONDS))
    load = asyncio.run(_post(url, body, seconds))
    if set(load.statuses) != {200} or load.broken_connections:
        broken = f"{load.broken_connections} connections broke"
        raise RuntimeError(f"{url}: {dict(load.statuses)}, {broken}")
    return load


def put_records(settings: Settings, seconds: float) -> float:
    """Records a second of one boto3 client that puts 500 at a time into the same stream."""
    client = kinesis_client(settings, Config(retries={"total_max_attempts": 1}))
    data = bytes(
        msgspec.json.decode(record_body(RECORD_BYTES), type=dict[str, msgspec.Raw])["Data"]
    )
    keys = [str(number) for number in range(BATCH)]
    stream, count, begun = PIN.stream(OTHER_USER), 0, time.perf_counter()
    while time.perf_counter() - begun < seconds:
        answer = client.put_records(
            StreamName=stream, Records=[{"Data": data, "PartitionKey": key} for key in keys]
        )
        count += BATCH - answer.get("FailedRecordCount", 0)
    return count / (time.perf_counter() - begun)


def record_body(record_bytes: int) -> bytes:
    """A request of one record of that many bytes."""
    bare = len(msgspec.json.encode({"index": 7528, "text": ""}))
    row = {"index": 7528, "text": "x" * (record_bytes - bare)}
    return msgspec.json.encode({"Data": row, "PartitionKey": "7528"})


async def _post(url: str, body: bytes, seconds: float) -> HttpLoad:
    return await run(url, body, connections=CONNECTIONS, seconds=seconds, content_type=JSON)
