"""From an action's name and a request's body to the function that serves it, and its response's body."""

import logging
from collections.abc import Callable
from typing import Any

import msgspec

from services.kinesis.actions import (
    get_records,
    get_shard_iterator,
    list_shards,
    put_records,
    resharding,
    retention,
    streams,
    tags,
)
from services.kinesis.actions.request import ActionResponse, StreamRequest
from services.kinesis.engine import Engine
from services.kinesis.storage.damaged_file import DamagedFileError
from services.records.kinesis_api import (
    INTERNAL_FAILURE,
    SERIALIZATION,
    UNKNOWN_OPERATION,
    KinesisError,
)

log = logging.getLogger(__name__)

Handler = Callable[[Engine, Any], ActionResponse]

_ACTIONS: dict[str, tuple[type[msgspec.Struct], Handler]] = {
    "PutRecord": (put_records.PutRecord, put_records.put_record),
    "PutRecords": (put_records.PutRecords, put_records.put_records),
    "GetShardIterator": (
        get_shard_iterator.GetShardIterator,
        get_shard_iterator.get_shard_iterator,
    ),
    "GetRecords": (get_records.GetRecords, get_records.get_records),
    "ListShards": (list_shards.ListShards, list_shards.list_shards),
    "CreateStream": (streams.CreateStream, streams.create_stream),
    "DeleteStream": (StreamRequest, streams.delete_stream),
    "DescribeStream": (streams.DescribeStream, streams.describe_stream),
    "DescribeStreamSummary": (StreamRequest, streams.describe_stream_summary),
    "ListStreams": (streams.ListStreams, streams.list_streams),
    "IncreaseStreamRetentionPeriod": (retention.Retention, retention.increase_retention),
    "DecreaseStreamRetentionPeriod": (retention.Retention, retention.decrease_retention),
    "SplitShard": (resharding.SplitShard, resharding.split_shard),
    "MergeShards": (resharding.MergeShards, resharding.merge_shards),
    "UpdateShardCount": (resharding.UpdateShardCount, resharding.update_shard_count),
    "AddTagsToStream": (tags.AddTags, tags.add_tags),
    "ListTagsForStream": (tags.ListTags, tags.list_tags),
    "RemoveTagsFromStream": (tags.RemoveTags, tags.remove_tags),
}

ACTIONS = frozenset(_ACTIONS)

_DECODERS = {name: msgspec.json.Decoder(kind) for name, (kind, _) in _ACTIONS.items()}


def answer(engine: Engine, action: str, body: bytes) -> bytes:
    """Serve one request; returns the response's body.

    Raises:
        KinesisError: the request is refused, or could not be served.
    """
    if action not in _ACTIONS:
        text = f"{action or 'No action'} is not served here; there are {', '.join(sorted(ACTIONS))}"
        raise KinesisError(UNKNOWN_OPERATION, text)
    try:
        request = _DECODERS[action].decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise KinesisError(SERIALIZATION, f"The body cannot be read: {error}") from error
    try:
        response = _ACTIONS[action][1](engine, request)
    except (OSError, DamagedFileError) as error:
        log.exception("%s failed", action)
        raise KinesisError(INTERNAL_FAILURE, f"Internal Service Failure: {error}", 500) from error
    return b"" if response is None else msgspec.json.encode(response)
