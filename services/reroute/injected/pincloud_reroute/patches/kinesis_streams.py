"""boto3 again: a stream that is put to and that nobody has made is made then; in the course it existed already."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from ..process_context import ProcessContext

READY_SECONDS = 15.0
_PUTS = {"PutRecord", "PutRecords"}
_WRITABLE = {"ACTIVE", "UPDATING"}

Call = Callable[[str, Any], Any]
"""A client's call: operation, arguments → its answer."""


def make_missing(client: Any, context: ProcessContext) -> Any:
    """Let a client of Kinesis make the streams that it misses; any other one stays as it is."""
    if client.meta.service_model.service_name != "kinesis":
        return client
    original: Call = client._make_api_call

    def call(operation: str, arguments: Any) -> Any:
        try:
            return original(operation, arguments)
        except client.exceptions.ResourceNotFoundException:
            name = _stream(arguments)
            if operation not in _PUTS or not name or not _make(original, client, name, context):
                raise
        return original(operation, arguments)

    client._make_api_call = call
    return client


def _stream(arguments: Any) -> str:
    name = arguments.get("StreamName") or str(arguments.get("StreamARN") or "").rpartition("/")[2]
    return str(name)


def _make(call: Call, client: Any, name: str, context: ProcessContext) -> bool:
    """Make it, unless another process has just done so, and wait until it takes records."""
    try:
        call(
            "CreateStream", {"StreamName": name, "ShardCount": context.configuration.stream_shards}
        )
        context.say(f"made the stream {name}, which did not exist.", key=f"stream {name}")
    except client.exceptions.ResourceInUseException:
        pass
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        found = call("DescribeStreamSummary", {"StreamName": name})
        if found["StreamDescriptionSummary"]["StreamStatus"] in _WRITABLE:
            return True
        time.sleep(0.1)
    return False
