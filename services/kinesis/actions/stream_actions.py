"""The actions CreateStream, DeleteStream, DescribeStream, DescribeStreamSummary, ListStreams; the shard quota."""

from services.kinesis.actions.request import (
    ActionRequest,
    ActionResponse,
    StreamRequest,
    required_name,
    stream_of,
)
from services.kinesis.actions.shard_fields import shard_fields, shard_number
from services.kinesis.engine import Engine
from services.kinesis.stream import KinesisStream
from services.kinesis.tokens import StreamPage
from services.records.kinesis_api import (
    EXPIRED_TOKEN,
    INVALID_ARGUMENT,
    ITERATOR_SECONDS,
    LIMIT_EXCEEDED,
    MAX_PAGE,
    VALIDATION,
    KinesisError,
    fault,
    range_faults,
    require,
)

MAX_SHARDS = 500
"""Open shards of all streams together: AWS's default quota."""

PROVISIONED, ON_DEMAND = MODES = ("PROVISIONED", "ON_DEMAND")
ON_DEMAND_SHARDS = 4
DEFAULT_PAGE = 100


class CreateStream(StreamRequest):
    shard_count: int | None = None
    stream_mode_details: dict[str, str] | None = None
    tags: dict[str, str] | None = None


class DescribeStream(StreamRequest):
    limit: int | None = None
    exclusive_start_shard_id: str | None = None


class ListStreams(ActionRequest):
    limit: int | None = None
    exclusive_start_stream_name: str | None = None
    next_token: str | None = None


def create_stream(engine: Engine, request: CreateStream) -> ActionResponse:
    """Create a stream.

    Raises:
        KinesisError: it exists, its name is invalid, or there would be too many shards.
    """
    mode = (request.stream_mode_details or {}).get("StreamMode", PROVISIONED)
    faults = range_faults("shardCount", request.shard_count, 1, MAX_PAGE)
    if mode not in MODES:
        allowed = f"satisfy enum value set: [{', '.join(MODES)}]"
        faults.append(fault("streamModeDetails.streamMode", mode, allowed))
    name = required_name(request, faults)
    shards = ON_DEMAND_SHARDS if mode == ON_DEMAND else request.shard_count
    if shards is None:
        raise KinesisError(
            VALIDATION, "ShardCount must be given for a stream of the PROVISIONED mode."
        )
    check_quota(engine, shards)
    engine.create(name, shards, mode, request.tags or {})
    return None


def check_quota(engine: Engine, more: int) -> None:
    """Refuse more shards than an account may have.

    Raises:
        KinesisError: LimitExceededException.
    """
    count = sum(len(engine.stream(name).description.open_shards) for name in engine.names)
    if count + more > MAX_SHARDS:
        raise KinesisError(
            LIMIT_EXCEEDED,
            f"This request would exceed the shard limit for the account in {engine.options.region}. "
            f"Current shard count for the account: {count}. Limit: {MAX_SHARDS}. "
            f"Number of additional shards that would have resulted from this request: {more}.",
        )


def delete_stream(engine: Engine, request: StreamRequest) -> ActionResponse:
    """Delete a stream with its records.

    Raises:
        KinesisError: there is no such stream.
    """
    engine.delete(required_name(request))
    return None


def describe_stream(engine: Engine, request: DescribeStream) -> ActionResponse:
    """A stream with a page of its shards.

    Raises:
        KinesisError: there is no such stream.
    """
    stream = stream_of(engine, request, range_faults("limit", request.limit, 1, MAX_PAGE))
    start, most = request.exclusive_start_shard_id, request.limit or DEFAULT_PAGE
    after = -1 if start is None else shard_number(start)
    shards = [stream.shards[s.number] for s in stream.description.shards if s.number > after]
    described = _described(engine, stream)
    described["Shards"] = [shard_fields(shard) for shard in shards[:most]]
    described["HasMoreShards"] = len(shards) > most
    return {"StreamDescription": described}


def describe_stream_summary(engine: Engine, request: StreamRequest) -> ActionResponse:
    """A stream without its shards.

    Raises:
        KinesisError: there is no such stream.
    """
    stream = stream_of(engine, request)
    described = _described(engine, stream)
    described["OpenShardCount"] = len(stream.description.open_shards)
    described["ConsumerCount"] = 0
    return {"StreamDescriptionSummary": described}


def _described(engine: Engine, stream: KinesisStream) -> dict[str, object]:
    return {
        **_summary(engine, stream),
        "RetentionPeriodHours": stream.description.retention_hours,
        "EnhancedMonitoring": [{"ShardLevelMetrics": []}],
        "EncryptionType": "NONE",
    }


def _summary(engine: Engine, stream: KinesisStream) -> dict[str, object]:
    return {
        "StreamName": stream.name,
        "StreamARN": engine.arn(stream.name),
        "StreamStatus": "ACTIVE",
        "StreamModeDetails": {"StreamMode": stream.description.mode},
        "StreamCreationTimestamp": stream.description.created_ms / 1000,
    }


def list_streams(engine: Engine, request: ListStreams) -> ActionResponse:
    """A page of the streams, sorted by name.

    Raises:
        KinesisError: the limit or the token is invalid.
    """
    require(range_faults("limit", request.limit, 1, MAX_PAGE))
    most = request.limit or DEFAULT_PAGE
    after = request.exclusive_start_stream_name or ""
    if request.next_token:
        after = _continued(engine, request.next_token)
    names = [name for name in engine.names if name > after]
    listed = names[:most]
    answer: dict[str, object] = {
        "HasMoreStreams": len(names) > most,
        "StreamNames": listed,
        "StreamSummaries": [_summary(engine, engine.stream(name)) for name in listed],
    }
    if len(names) > most:
        answer["NextToken"] = engine.tokens.seal(StreamPage(listed[-1], engine.now_ms()))
    return answer


def _continued(engine: Engine, text: str) -> str:
    try:
        page = engine.tokens.open(text, StreamPage)
    except ValueError as error:
        raise KinesisError(INVALID_ARGUMENT, "NextToken is invalid.") from error
    if engine.now_ms() - page.issued_ms > ITERATOR_SECONDS * 1000:
        raise KinesisError(EXPIRED_TOKEN, "NextToken has expired; list from the beginning.")
    return page.after
