"""The actions AddTagsToStream, ListTagsForStream, RemoveTagsFromStream."""

import msgspec

from services.kinesis.actions.request import ActionResponse, StreamRequest, stream_of
from services.kinesis.engine import Engine
from services.records.kinesis_api import (
    INVALID_ARGUMENT,
    KinesisError,
    fault,
    length_faults,
    range_faults,
)

MAX_TAGS = 50


class AddTags(StreamRequest):
    tags: dict[str, str] | None = None


class ListTags(StreamRequest):
    exclusive_start_tag_key: str | None = None
    limit: int | None = None


class RemoveTags(StreamRequest):
    tag_keys: list[str] | None = None


def add_tags(engine: Engine, request: AddTags) -> ActionResponse:
    """Set tags.

    Raises:
        KinesisError: a key is too long, or there would be too many.
    """
    tags = request.tags or {}
    faults = [] if tags else [fault("tags", request.tags, "have length greater than or equal to 1")]
    for key in tags:
        faults += length_faults("tags", key, 128)
    stream = stream_of(engine, request, faults)
    merged = {**stream.description.tags, **tags}
    if len(merged) > MAX_TAGS:
        text = f"A given stream cannot have more than {MAX_TAGS} tags associated with it."
        raise KinesisError(INVALID_ARGUMENT, text)
    stream.change(msgspec.structs.replace(stream.description, tags=merged))
    return None


def list_tags(engine: Engine, request: ListTags) -> ActionResponse:
    """A page of the tags, sorted by key.

    Raises:
        KinesisError: there is no such stream.
    """
    stream = stream_of(engine, request, range_faults("limit", request.limit, 1, MAX_TAGS))
    after, most = request.exclusive_start_tag_key or "", request.limit or MAX_TAGS
    rows = [(key, value) for key, value in sorted(stream.description.tags.items()) if key > after]
    listed = [{"Key": key, "Value": value} for key, value in rows[:most]]
    return {"Tags": listed, "HasMoreTags": len(rows) > most}


def remove_tags(engine: Engine, request: RemoveTags) -> ActionResponse:
    """Remove tags; missing ones are ignored.

    Raises:
        KinesisError: there is no such stream.
    """
    removed = request.tag_keys or []
    faults = [] if removed else [fault("tagKeys", None, "not be null")]
    stream = stream_of(engine, request, faults)
    kept = {key: value for key, value in stream.description.tags.items() if key not in removed}
    stream.change(msgspec.structs.replace(stream.description, tags=kept))
    return None
