"""Paths, content types, budgets, bodies and refusals."""

import asyncio
import json
from collections.abc import Iterator

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope

from services.gateway.body import read_body
from services.gateway.budget import Budget
from services.gateway.kafka.produce import ProduceTarget, produce_target
from services.gateway.limits import Limits
from services.gateway.media import Format, check_accept, produce_format, records_format
from services.gateway.refused_request import RefusalError, not_acceptable, overloaded
from services.gateway.routing import Router

LONG, SHORT = "/topics/{topic}/partitions/{partition}", "/topics/{topic}"


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/topics/a.pin", ProduceTarget("a.pin", None, SHORT)),
        ("/prod/topics/a.pin", ProduceTarget("a.pin", None, SHORT)),
        ("//prod///topics/a.pin//", ProduceTarget("a.pin", None, SHORT)),
        ("/topics/topics/a", ProduceTarget("a", None, SHORT)),
        ("/topics/topics", ProduceTarget("topics", None, SHORT)),
        ("/prod/topics/a/partitions/12", ProduceTarget("a", 12, LONG)),
        ("/consumers/topics/a", ProduceTarget("a", None, SHORT)),
        ("/topics/a/partitions/-1", None),
        ("/topics/a/partitions/²", None),
        ("/topics/a/partition/1", None),
        ("/prod/stage/topics/a", None),
        ("/topics", None),
        ("/", None),
        ("", None),
    ],
)
def test_produce_paths(path: str, target: ProduceTarget | None) -> None:
    """Any first segment is a stage, even one that is called like a route."""
    assert produce_target(path) == target


async def _endpoint(_request: Request) -> Response:
    return Response()


def _scope(method: str, path: str) -> Scope:
    return {"type": "http", "method": method, "path": path, "root_path": "", "headers": []}


def test_the_router_finds_the_stage() -> None:
    """The endpoint sees the stage and the path's parameters."""
    router = Router([Route("/topics/{topic}", _endpoint, methods=["GET"])])
    found = router.find(_scope("GET", "/any//topics/t/"))
    assert (found.path, found.scope["stage"]) == ("/topics/{topic}", "any")
    assert found.scope["path_params"] == {"topic": "t"}


@pytest.mark.parametrize(
    ("method", "path", "status"), [("DELETE", "/topics/t", 405), ("GET", "/else", 404)]
)
def test_the_router_refuses(method: str, path: str, status: int) -> None:
    """405 names what is allowed, over all routes of the path."""
    routes = [Route("/topics/{t}", _endpoint, methods=[verb]) for verb in ("GET", "POST")]
    with pytest.raises(RefusalError) as caught:
        Router(routes).find(_scope(method, path))
    assert caught.value.status == status
    if status == 405:
        assert caught.value.headers == {"Allow": "GET, HEAD, POST"}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"application/vnd.kafka.json.v2+json", Format.JSON),
        (b"Application/VND.kafka.binary.v2+JSON ; charset=utf-8", Format.BINARY),
        (b"application/vnd.kafka.avro.v2+json", None),
        (b"application/vnd.kafka.json.v2+json, application/json", None),
        (b"", None),
        (b"\xff", None),
        (None, None),
    ],
)
def test_produce_formats(header: bytes | None, expected: Format | None) -> None:
    """One known type, parameters apart; all else is 415."""
    if expected:
        assert produce_format(header) is expected
        return
    with pytest.raises(RefusalError) as caught:
        produce_format(header)
    assert caught.value.status == 415


@pytest.mark.parametrize("header", [None, b"", b"*/*", b"text/html, */*;q=0.1", b"application/*"])
def test_accept_of_a_client_that_reads_json(header: bytes | None) -> None:
    """Nothing, a wildcard, or a list that holds JSON; records are then binary."""
    check_accept(header)
    assert records_format(header) is Format.BINARY


def test_accept_of_a_client_that_does_not() -> None:
    """406, with no body and no content type."""
    with pytest.raises(RefusalError) as caught:
        check_accept(b"text/plain, image/*")
    answer = caught.value.response()
    assert (answer.status_code, answer.body) == (406, b"")
    assert "content-type" not in answer.headers


def test_refusals_are_json_whatever_the_text() -> None:
    """Hostile text stays text."""
    answer = RefusalError(400, 'a"b\n\x00\u2028').response()
    assert json.loads(bytes(answer.body)) == {"error_code": 400, "message": 'a"b\n\x00\u2028'}
    assert overloaded("x").response().headers["Retry-After"] == "1"
    assert not_acceptable().response().body == b""


def test_the_budget_is_shared_and_given_back() -> None:
    """A request that does not fit is refused as a whole; one that ends makes room."""
    budget = Budget(Limits(inflight_bytes=100, inflight_records=10))
    with budget.share() as first:
        first.take_bytes(60)
        first.take_records(6)
        with budget.share() as second:
            with pytest.raises(RefusalError, match="60 bytes of other requests") as caught:
                second.take_bytes(50)
            assert caught.value.status == 503
            with pytest.raises(RefusalError, match="6 records of other requests"):
                second.take_records(5)
            second.take_bytes(40)
        assert (budget.inflight_bytes, budget.inflight_records) == (60, 6)
    assert (budget.inflight_bytes, budget.inflight_records) == (0, 0)


def test_what_can_never_fit_is_no_matter_of_waiting() -> None:
    """413 and not 503: sending it again would not help."""
    with (
        Budget(Limits(inflight_records=10)).share() as share,
        pytest.raises(RefusalError) as caught,
    ):
        share.take_records(11)
    assert caught.value.status == 413


def _receiver(messages: Iterator[Message]) -> Receive:
    async def receive() -> Message:
        try:
            return next(messages)
        except StopIteration:
            await asyncio.Event().wait()
            raise

    return receive


def _read(messages: list[Message], limits: Limits, *headers: tuple[bytes, bytes]) -> bytes:
    scope = {**_scope("POST", "/"), "headers": list(headers)}
    with Budget(limits).share() as share:
        return asyncio.run(read_body(scope, _receiver(iter(messages)), share, limits))


def _chunk(body: bytes, *, more: bool) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


SMALL = Limits(body_bytes=10, body_seconds=0.05)


def test_a_body_is_joined() -> None:
    """Chunks of any size, up to the limit itself."""
    messages = [_chunk(b"12345", more=True), _chunk(b"", more=True), _chunk(b"67890", more=False)]
    assert _read(messages, SMALL) == b"1234567890"


@pytest.mark.parametrize(
    ("messages", "headers", "status"),
    [
        ([], [(b"content-length", b"11")], 413),
        ([_chunk(b"x" * 11, more=False)], [(b"content-length", b"3")], 413),
        ([_chunk(b"x" * 6, more=True)] * 2, [], 413),
        ([_chunk(b"x", more=True)], [], 408),
    ],
)
def test_a_body_that_is_refused(
    messages: list[Message], headers: list[tuple[bytes, bytes]], status: int
) -> None:
    """Announced too long, too long, endless, or too slow."""
    with pytest.raises(RefusalError) as caught:
        _read(messages, SMALL, *headers)
    assert caught.value.status == status


def test_a_client_that_goes_away() -> None:
    """Is no request at all."""
    with pytest.raises(ClientDisconnect):
        _read([_chunk(b"x", more=True), {"type": "http.disconnect"}], SMALL)


def test_bodies_together_are_bounded() -> None:
    """The budget is taken chunk by chunk, so that slow senders cannot fill the memory."""
    with pytest.raises(RefusalError) as caught:
        _read([_chunk(b"x" * 9, more=True)] * 2, Limits(inflight_bytes=10))
    assert caught.value.status == 503
