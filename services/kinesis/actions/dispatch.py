"""From an action's name and a request's body to the function that serves it, and its response's body."""

import logging
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from services.kinesis.actions import (
    get_records,
    get_shard_iterator,
    list_shards,
    put_records,
    resharding,
    retention_period,
    stream_actions,
    stream_tags,
)
from services.kinesis.actions.request import ActionResponse, StreamRequest, UnsyncedResponse
from services.kinesis.engine import Engine
from services.kinesis.group_commit import Commit
from services.kinesis.storage.damaged_file import DamagedFileError
from services.kinesis.wire_protocols import JSON, UnreadableBodyError, WireProtocol
from services.records.kinesis_api import (
    INTERNAL_FAILURE,
    SERIALIZATION,
    UNKNOWN_OPERATION,
    KinesisError,
)

log = logging.getLogger(__name__)

Handler = Callable[[Engine, Any], ActionResponse | UnsyncedResponse]

_ACTIONS: dict[str, tuple[type[msgspec.Struct], Handler]] = {
    "PutRecord": (put_records.PutRecord, put_records.put_record),
    "PutRecords": (put_records.PutRecords, put_records.put_records),
    "GetShardIterator": (
        get_shard_iterator.GetShardIterator,
        get_shard_iterator.get_shard_iterator,
    ),
    "GetRecords": (get_records.GetRecords, get_records.get_records),
    "ListShards": (list_shards.ListShards, list_shards.list_shards),
    "CreateStream": (stream_actions.CreateStream, stream_actions.create_stream),
    "DeleteStream": (StreamRequest, stream_actions.delete_stream),
    "DescribeStream": (stream_actions.DescribeStream, stream_actions.describe_stream),
    "DescribeStreamSummary": (StreamRequest, stream_actions.describe_stream_summary),
    "ListStreams": (stream_actions.ListStreams, stream_actions.list_streams),
    "IncreaseStreamRetentionPeriod": (
        retention_period.Retention,
        retention_period.increase_retention,
    ),
    "DecreaseStreamRetentionPeriod": (
        retention_period.Retention,
        retention_period.decrease_retention,
    ),
    "SplitShard": (resharding.SplitShard, resharding.split_shard),
    "MergeShards": (resharding.MergeShards, resharding.merge_shards),
    "UpdateShardCount": (resharding.UpdateShardCount, resharding.update_shard_count),
    "AddTagsToStream": (stream_tags.AddTags, stream_tags.add_tags),
    "ListTagsForStream": (stream_tags.ListTags, stream_tags.list_tags),
    "RemoveTagsFromStream": (stream_tags.RemoveTags, stream_tags.remove_tags),
}

ACTIONS = frozenset(_ACTIONS)


class Answer(NamedTuple):
    """A response's body, which may be sent once these commits are synced."""

    body: bytes
    commits: list[Commit]


def carry_out(engine: Engine, action: str, body: bytes, protocol: WireProtocol = JSON) -> Answer:
    """Serve one request; what it wrote is not synced yet.

    Raises:
        KinesisError: the request is refused, or could not be served.
    """
    if action not in _ACTIONS:
        text = f"{action or 'No action'} is not served here; there are {', '.join(sorted(ACTIONS))}"
        raise KinesisError(UNKNOWN_OPERATION, text)
    try:
        request = protocol.read(body, _ACTIONS[action][0])
    except UnreadableBodyError as error:
        raise KinesisError(SERIALIZATION, f"The body cannot be read: {error}") from error
    try:
        response = _ACTIONS[action][1](engine, request)
    except (OSError, DamagedFileError) as error:
        raise internal_failure(action, error) from error
    fields, commits = response if isinstance(response, UnsyncedResponse) else (response, [])
    return Answer(b"" if fields is None else protocol.write(fields), commits)


def answer(engine: Engine, action: str, body: bytes) -> bytes:
    """Serve one request, and wait for the disk in this thread; returns the response's body.

    Raises:
        KinesisError: the request is refused, or could not be served.
    """
    done = carry_out(engine, action, body)
    try:
        for commit in done.commits:
            commit.sync()
    except OSError as error:
        raise internal_failure(action, error) from error
    return done.body


def internal_failure(action: str, error: Exception) -> KinesisError:
    """The answer to a request that the disk did not let through; a client repeats it."""
    log.error("%s failed: %s", action, error)
    return KinesisError(INTERNAL_FAILURE, f"Internal Service Failure: {error}", 500)
