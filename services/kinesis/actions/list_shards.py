"""The action ListShards: a page of a stream's shards, filtered."""

from services.kinesis.actions.request import ActionResponse, StreamRequest, required_name
from services.kinesis.actions.shard_fields import epoch_ms, shard_fields, shard_number
from services.kinesis.engine import Engine
from services.kinesis.shard import StreamShard
from services.kinesis.storage.description import ShardDescription
from services.kinesis.stream import KinesisStream
from services.kinesis.tokens import ShardPage
from services.records.kinesis_api import (
    EXPIRED_TOKEN,
    INVALID_ARGUMENT,
    ITERATOR_SECONDS,
    MAX_PAGE,
    SERIALIZATION,
    KinesisError,
    fault,
    length_faults,
    range_faults,
    require,
)

DEFAULT_PAGE = 1000
FILTERS = (
    "AFTER_SHARD_ID",
    "AT_TRIM_HORIZON",
    "FROM_TRIM_HORIZON",
    "AT_LATEST",
    "AT_TIMESTAMP",
    "FROM_TIMESTAMP",
)

Filter = dict[str, str | float]


class ListShards(StreamRequest):
    next_token: str | None = None
    exclusive_start_shard_id: str | None = None
    max_results: int | None = None
    stream_creation_timestamp: float | None = None
    shard_filter: Filter | None = None


def list_shards(engine: Engine, request: ListShards) -> ActionResponse:
    """Shards in the order of their numbers, a page at a time.

    Raises:
        KinesisError: the stream does not exist, or the filter or the token is invalid.
    """
    page = _page(engine, request)
    stream = engine.stream(page.stream)
    listed = [
        shard
        for shard in _passing(engine, stream, page.filter)
        if shard.description.number > page.after
    ]
    most = request.max_results or DEFAULT_PAGE
    answer: dict[str, object] = {"Shards": [shard_fields(shard) for shard in listed[:most]]}
    if len(listed) > most:
        after = listed[most - 1].description.number
        answer["NextToken"] = engine.tokens.seal(
            ShardPage(page.stream, after, page.filter, engine.now_ms())
        )
    return answer


def _page(engine: Engine, request: ListShards) -> ShardPage:
    """Where this page begins: at the token's, or where the request says."""
    faults = range_faults("maxResults", request.max_results, 1, MAX_PAGE)
    if request.next_token is not None:
        require([*faults, *length_faults("nextToken", request.next_token, 1_048_576)])
        return _continued(engine, request)
    name = required_name(request, [*faults, *_filter_faults(request.shard_filter)])
    after = -1
    if request.exclusive_start_shard_id is not None:
        after = shard_number(request.exclusive_start_shard_id)
    return ShardPage(name, after, request.shard_filter or {}, engine.now_ms())


def _continued(engine: Engine, request: ListShards) -> ShardPage:
    if request.stream_name or request.stream_arn or request.exclusive_start_shard_id:
        text = "NextToken and StreamName cannot be provided together."
        raise KinesisError(INVALID_ARGUMENT, text)
    try:
        page = engine.tokens.open(request.next_token or "", ShardPage)
    except ValueError as error:
        raise KinesisError(INVALID_ARGUMENT, "NextToken is invalid.") from error
    if engine.now_ms() - page.issued_ms > ITERATOR_SECONDS * 1000:
        raise KinesisError(EXPIRED_TOKEN, "NextToken has expired; list from the beginning.")
    return page


def _filter_faults(chosen: Filter | None) -> list[str]:
    if chosen is None:
        return []
    kind = chosen.get("Type")
    if kind not in FILTERS:
        return [fault("shardFilter.type", kind, f"satisfy enum value set: [{', '.join(FILTERS)}]")]
    wanted = {
        "AFTER_SHARD_ID": "ShardId",
        "AT_TIMESTAMP": "Timestamp",
        "FROM_TIMESTAMP": "Timestamp",
    }
    needed = wanted.get(str(kind))
    if needed and needed not in chosen:
        return [fault(f"shardFilter.{needed}", None, "not be null")]
    return []


def _passing(engine: Engine, stream: KinesisStream, chosen: Filter) -> list[StreamShard]:
    """The shards that a filter lets through."""
    kind = chosen.get("Type")
    horizon = engine.now_ms() - stream.description.retention_ms
    shards = [stream.shards[shard.number] for shard in stream.description.shards]
    at_ms = _at_ms(chosen)
    if kind == "AFTER_SHARD_ID":
        after = shard_number(str(chosen["ShardId"]))
        return [shard for shard in shards if shard.description.number > after]
    if kind == "AT_LATEST":
        return [shard for shard in shards if shard.description.is_open]
    if kind == "AT_TRIM_HORIZON":
        return [shard for shard in shards if _was_open(shard.description, horizon, stream)]
    if kind == "AT_TIMESTAMP":
        return [shard for shard in shards if _was_open(shard.description, at_ms, stream)]
    if kind == "FROM_TIMESTAMP":
        return [shard for shard in shards if _closed_after(shard.description, at_ms)]
    return shards


def _at_ms(chosen: Filter) -> int:
    at, seconds = "shardFilter.timestamp", chosen.get("Timestamp", 0)
    if isinstance(seconds, str):
        raise KinesisError(SERIALIZATION, f"The body cannot be read: {at} is a text")
    return epoch_ms(seconds, at)


def _was_open(shard: ShardDescription, at_ms: int, stream: KinesisStream) -> bool:
    """Whether it was open at a time, or at the stream's beginning if that came later."""
    at_ms = max(at_ms, stream.description.created_ms)
    return shard.opened_ms <= at_ms and _closed_after(shard, at_ms)


def _closed_after(shard: ShardDescription, at_ms: int) -> bool:
    return shard.closed_ms is None or shard.closed_ms > at_ms
