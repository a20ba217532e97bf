"""Which operation of the Kinesis proxy a request asks for, and which paths are not its own."""

import pytest
from starlette.types import Scope

from services.gateway.kinesis.stream_paths import StreamTarget, stream_target
from services.gateway.kinesis.unknown_resource import unknown_resource
from services.gateway.refused_request import RefusalError, not_found


def _scope(method: str, path: str, headers: list[tuple[bytes, bytes]] | None = None) -> Scope:
    path, _, query = path.partition("?")
    return {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": headers or [],
    }


@pytest.mark.parametrize(
    ("method", "path", "operation", "stream"),
    [
        ("GET", "/streams", "list_streams", None),
        ("GET", "/prod/streams/", "list_streams", None),
        ("GET", "/prod/streams/s", "describe_stream", "s"),
        ("POST", "/prod/streams/s", "create_stream", "s"),
        ("DELETE", "//prod//streams//s", "delete_stream", "s"),
        ("PUT", "/prod/streams/s/record", "put_record", "s"),
        ("POST", "/streams/s/record/", "put_record", "s"),
        ("PUT", "/prod/streams/s/records", "put_records", "s"),
        ("POST", "/prod/streams/s/records", "put_records", "s"),
        ("GET", "/prod/streams/s/sharditerator", "get_shard_iterator", "s"),
        ("GET", "/prod/streams/s/records", "get_records", "s"),
        ("PUT", "/prod/streams/record?stream-name=s", "put_record", "s"),
        ("POST", "/streams/records?stream-name=s", "put_records", "s"),
        ("GET", "/streams/sharditerator?stream-name=s", "get_shard_iterator", "s"),
        ("PUT", "/streams/record", "put_record", None),
        ("POST", "/streams/record", "create_stream", "record"),
        ("GET", "/streams/records", "describe_stream", "records"),
        ("PUT", "/streams/streams/s/record", "put_record", "s"),
        ("PUT", "/streams/topics/record", "put_record", "topics"),
        ("PATCH", "/prod/streams/s", "", "s"),
        ("PUT", "/prod/streams/s", "", "s"),
        ("GET", "/prod/streams/s/record", "", "s"),
        ("GET", "/prod/streams/s/else", "", "s"),
        ("POST", "/prod/streams", "", None),
        ("GET", "/streams/a/b/c", "", None),
    ],
)
def test_paths_of_the_proxy(method: str, path: str, operation: str, stream: str | None) -> None:
    """An operation that is empty is API Gateway's 403."""
    target = stream_target(_scope(method, path))
    assert target is not None
    assert target.operation == operation
    if operation:
        assert target.stream == stream


def test_an_iterator_makes_the_short_form() -> None:
    """`GET /streams/records` with the header reads; without it, it describes a stream of that name."""
    target = stream_target(_scope("GET", "/streams/records", [(b"shard-iterator", b"x")]))
    assert target == StreamTarget("get_records", None, {})


@pytest.mark.parametrize(
    "path",
    ["/", "", "/topics/streams", "/topics/streams/x", "/consumers/streams/x/y", "/x/y/streams/s"],
)
def test_other_paths(path: str) -> None:
    """What begins like one of the REST proxy's is the REST proxy's."""
    assert stream_target(_scope("GET", path)) is None


def test_a_query_without_end_is_not_read() -> None:
    """A thousand parameters are none."""
    target = stream_target(_scope("GET", "/streams?" + "&".join(["a=1"] * 1000)))
    assert target == StreamTarget("list_streams", None, {})


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/prod/nothing", 403),
        ("/prod/nothing/at/all", 403),
        ("/nothing", None),
        ("/prod/topics/a/b/c", None),
        ("/topics/a/b/c", None),
        ("/brokers/1", None),
    ],
)
def test_paths_of_nobody(path: str, status: int | None) -> None:
    """API Gateway's 403 behind a stage; None lets the REST proxy's 404 stand."""
    answer = unknown_resource(_scope("GET", path), not_found())
    assert (answer.status_code if answer else None) == status


@pytest.mark.parametrize("name", [b"content-type", b"accept"])
def test_a_client_of_the_rest_proxy_gets_its_404(name: bytes) -> None:
    """It says so by its content types."""
    headers = [(name, b"application/vnd.kafka.v2+json")]
    assert unknown_resource(_scope("POST", "/prod/nothing", headers), not_found()) is None


def test_other_refusals_stay() -> None:
    """An unknown topic is a 404 with a code of its own."""
    error = RefusalError(404, "no topic", code=40403)
    assert unknown_resource(_scope("GET", "/prod/nothing"), error) is None
