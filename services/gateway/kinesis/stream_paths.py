"""From a path under `/streams` to the proxy's operation and its stream.

Under `/streams` the gateway is API Gateway: whatever is no resource of the proxy is refused in its words.
`/streams/{name}/record` has a short form, `/streams/record?stream-name=`; a stream may be called
`record` all the same, since the short form is recognised by its query, its header or its method.
"""

from typing import NamedTuple
from urllib.parse import parse_qs

from starlette.types import Scope

from services.gateway.body import header
from services.gateway.routing import stage_readings

ROOT = "streams"
REST_ROOTS = frozenset({"topics", "consumers", "brokers"})
"""First segments of the REST proxy's paths; also no stage of the Kinesis proxy's."""

ITERATOR_HEADER = b"shard-iterator"
_MOST_PARAMETERS = 20

_BY_NAME = {
    "GET": "describe_stream",
    "POST": "create_stream",
    "DELETE": "delete_stream",
}
_BY_FORM = {
    ("PUT", "record"): "put_record",
    ("POST", "record"): "put_record",
    ("PUT", "records"): "put_records",
    ("POST", "records"): "put_records",
    ("GET", "records"): "get_records",
    ("GET", "sharditerator"): "get_shard_iterator",
}
_FORMS = frozenset(form for _, form in _BY_FORM)


class StreamTarget(NamedTuple):
    """Of a request to the Kinesis proxy.

    Attributes:
        operation: Kinesis' operation, as boto3 names it; "" when there is no such resource or method.
        stream: Its name; None when the request names none.
        query: Parameters, the last one of a name.
    """

    operation: str
    stream: str | None
    query: dict[str, str]


def stream_target(scope: Scope) -> StreamTarget | None:
    """The target of a request under `/streams`, with or without a stage; None for other paths."""
    if ROOT not in scope["path"]:
        return None
    tails = [
        segments[1:]
        for stage, segments in stage_readings(scope["path"])
        if segments[:1] == [ROOT] and stage not in REST_ROOTS
    ]
    found = [target for tail in tails if (target := _target(scope, tail)).operation]
    if found:
        return found[0]
    return StreamTarget("", None, {}) if tails else None


def _target(scope: Scope, tail: list[str]) -> StreamTarget:
    method = scope["method"]
    query = _query(scope)
    match tail:
        case []:
            return StreamTarget("list_streams" if method == "GET" else "", None, query)
        case [form] if form in _FORMS and _is_short(scope, form, query):
            return StreamTarget(_BY_FORM.get((method, form), ""), query.get("stream-name"), query)
        case [name]:
            return StreamTarget(_BY_NAME.get(method, ""), name, query)
        case [name, form]:
            return StreamTarget(_BY_FORM.get((method, form), ""), name, query)
    return StreamTarget("", None, query)


def _is_short(scope: Scope, form: str, query: dict[str, str]) -> bool:
    with_iterator = form == "records" and header(scope, ITERATOR_HEADER) is not None
    return "stream-name" in query or scope["method"] == "PUT" or with_iterator


def _query(scope: Scope) -> dict[str, str]:
    raw = scope.get("query_string", b"")
    if not raw:
        return {}
    try:
        parsed = parse_qs(raw.decode("latin-1"), True, max_num_fields=_MOST_PARAMETERS)  # noqa: FBT003 - blank values
    except ValueError:
        return {}
    return {name: values[-1] for name, values in parsed.items()}
