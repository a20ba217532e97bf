"""The proxy's operations that store nothing: create, describe, list and delete streams, iterators, GetRecords."""

import base64
import binascii
from typing import Any

from starlette.responses import Response
from starlette.types import Scope

from services.gateway.body import header
from services.gateway.kinesis.kinesis_calls import KinesisCalls
from services.gateway.kinesis.request_bodies import shard_count
from services.gateway.kinesis.responses import as_json, empty
from services.gateway.kinesis.stream_paths import ITERATOR_HEADER, StreamTarget
from services.records.kinesis_api import (
    INVALID_ARGUMENT,
    KinesisError,
    check_stream_name,
    fault,
    require,
)

DEFAULT_SHARDS = 5
"""The tutorial's template, when the body has no ShardCount."""

_LEAST_ITERATOR_BYTES = 32
"""Those of AWS and of LocalStack have more than a hundred, our engine's forty or more."""
_PAGES = {
    "limit": "Limit",
    "exclusive-start-stream-name": "ExclusiveStartStreamName",
    "exclusive-start-shard-id": "ExclusiveStartShardId",
}


async def list_streams(
    calls: KinesisCalls, _scope: Scope, target: StreamTarget, _body: bytes
) -> Response:
    return as_json(await calls.control("list_streams", **_page(target)))


async def describe_stream(
    calls: KinesisCalls, _scope: Scope, target: StreamTarget, _body: bytes
) -> Response:
    name = _name(target)
    return as_json(await calls.control("describe_stream", StreamName=name, **_page(target)))


async def create_stream(
    calls: KinesisCalls, _scope: Scope, target: StreamTarget, body: bytes
) -> Response:
    """Create a stream; it takes records when it is ACTIVE."""
    name, count = _name(target), shard_count(body)
    count = DEFAULT_SHARDS if count is None else count
    if count < 1:
        require([fault("shardCount", count, "have value greater than or equal to 1")])
    await calls.control("create_stream", StreamName=name, ShardCount=count)
    return empty()


async def delete_stream(
    calls: KinesisCalls, _scope: Scope, target: StreamTarget, _body: bytes
) -> Response:
    await calls.control("delete_stream", StreamName=_name(target))
    return empty()


async def get_shard_iterator(
    calls: KinesisCalls, _scope: Scope, target: StreamTarget, _body: bytes
) -> Response:
    """TRIM_HORIZON, as the tutorial's template fixes it."""
    name, shard = _name(target), target.query.get("shard-id")
    require([] if shard else [fault("shardId", shard, "not be null")])
    found = await calls.control(
        "get_shard_iterator", StreamName=name, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )
    return as_json(_for_headers(found, "ShardIterator"))


async def get_records(
    calls: KinesisCalls, scope: Scope, _target: StreamTarget, _body: bytes
) -> Response:
    iterator = _iterator(header(scope, ITERATOR_HEADER))
    found = await calls.control("get_records", ShardIterator=iterator)
    return as_json(_for_headers(found, "NextShardIterator"))


OPERATIONS = {
    "list_streams": list_streams,
    "describe_stream": describe_stream,
    "create_stream": create_stream,
    "delete_stream": delete_stream,
    "get_shard_iterator": get_shard_iterator,
    "get_records": get_records,
}


def _name(target: StreamTarget) -> str:
    check_stream_name(target.stream)
    return target.stream or ""


def _page(target: StreamTarget) -> dict[str, Any]:
    """The tutorial reads one page only; these parameters let a client read on."""
    page = {name: target.query[key] for key, name in _PAGES.items() if key in target.query}
    if "Limit" in page:
        if not (page["Limit"].isascii() and page["Limit"].isdigit()):
            raise KinesisError(INVALID_ARGUMENT, "limit must be a whole number.")
        return {**page, "Limit": int(page["Limit"])}
    return page


def _iterator(raw: bytes | None) -> str:
    """Refuse what cannot be an iterator: an emulator may answer it with a 500."""
    if raw is None:
        require([fault("shardIterator", None, "not be null")])
    try:
        decoded = base64.b64decode(raw or b"", validate=True)
    except binascii.Error:
        decoded = b""
    if len(decoded) < _LEAST_ITERATOR_BYTES:
        raise KinesisError(INVALID_ARGUMENT, "Invalid ShardIterator.")
    return (raw or b"").decode("latin-1")


def _for_headers(answer: dict[str, Any], name: str) -> dict[str, Any]:
    """An iterator comes back in a header, where an emulator's line break could not stand."""
    iterator = answer.get(name)
    return {**answer, name: iterator.strip()} if isinstance(iterator, str) else answer
