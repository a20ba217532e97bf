"""Calls that are passed on to a REST proxy: what reaches it, and what of its answer goes out."""

import asyncio
import json
from collections.abc import Iterator

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from services.gateway.budget import Budget
from services.gateway.kafka_rest.forwarded_routes import ForwardedRoutes
from services.gateway.kafka_rest.rest_proxy_client import RestProxyClient
from services.gateway.limits import Limits
from services.gateway.refused_request import RefusalError
from services.gateway.routing import Router
from services.settings import HOST
from tests.support.rest_peer import RestPeer, reply, rest_peer

V2 = "application/vnd.kafka.v2+json"
JSON_V2 = "application/vnd.kafka.json.v2+json"
READ = "/consumers/g/instances/c/records"


@pytest.fixture
def peer() -> Iterator[RestPeer]:
    """A proxy that says `[]` to everything."""
    with rest_peer(lambda _: reply(200, b"[]", f"Content-Type: {V2}")) as running:
        yield running


def call(  # noqa: PLR0913, a request has many parts
    url: str,
    method: str,
    path: str,
    *headers: tuple[str, str],
    body: bytes = b"",
    query: bytes = b"",
    limits: Limits = Limits(),  # noqa: B008, frozen
) -> Response:
    """What a gateway in front of that proxy answers."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def _call() -> Response:
        client = RestProxyClient(url, limits)
        scope = {
            "type": "http",
            "method": method,
            "scheme": "http",
            "path": path,
            "root_path": "",
            "query_string": query,
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
            "server": ("gateway", 80),
        }
        try:
            found = Router(ForwardedRoutes(client, Budget(limits)).routes()).find(scope)
            return await found.endpoint(Request(found.scope, receive))
        finally:
            client.close()

    return asyncio.run(_call())


@pytest.mark.parametrize(
    ("path", "query", "reaches"),
    [
        ("/", b"", "/"),
        ("/prod//topics/", b"", "/topics"),
        ("/topics/a b", b"", "/topics/a%20b"),
        ("/prod/topics/t/partitions/0/offsets", b"", "/topics/t/partitions/0/offsets"),
        (f"/prod{READ}", b"timeout=5&max_bytes=9", f"{READ}?timeout=5&max_bytes=9"),
    ],
)
def test_the_stage_stays_behind(peer: RestPeer, path: str, query: bytes, reaches: str) -> None:
    """The proxy sees its own paths, tidied and quoted, with the query as it was."""
    answer = call(peer.url, "GET", path, query=query)
    assert (answer.status_code, answer.body, answer.media_type) == (200, b"[]", None)
    assert answer.headers["content-type"] == V2
    assert [seen.path for seen in peer.seen] == [reaches]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/topics/..", 404),
        ("DELETE", "/consumers/../instances/.", 404),
        ("GET", "/v3/clusters", 404),
        ("DELETE", "/topics/t", 405),
        ("POST", "/brokers", 404),
    ],
)
def test_nothing_else_reaches_the_proxy(
    peer: RestPeer, method: str, path: str, status: int
) -> None:
    """The gateway is no door to whatever else the proxy serves."""
    with pytest.raises(RefusalError) as caught:
        call(peer.url, method, path)
    assert caught.value.status == status
    assert peer.seen == []


@pytest.mark.parametrize(
    ("headers", "limits", "body", "status"),
    [
        ([("Content-Type", "text/plain")], Limits(), b"", 415),
        ([("Accept", "text/plain")], Limits(), b"", 406),
        ([], Limits(body_bytes=3), b"1234", 413),
        ([], Limits(inflight_bytes=3), b"1234", 503),
    ],
)
def test_checks_come_first(
    peer: RestPeer, headers: list[tuple[str, str]], limits: Limits, body: bytes, status: int
) -> None:
    """Content types, the body's limit and the budget are the gateway's own, before the proxy is asked."""
    with pytest.raises(RefusalError) as caught:
        call(
            peer.url, "POST", "/consumers/g/instances/c/offsets", *headers, body=body, limits=limits
        )
    assert caught.value.status == status
    assert peer.seen == []


@pytest.mark.parametrize(
    ("path", "accept", "asked"),
    [
        ("/topics", "application/json", V2),
        (READ, "application/json", "application/vnd.kafka.binary.v2+json"),
        (READ, f"{JSON_V2};q=1, */*", JSON_V2),
    ],
)
def test_headers_that_are_passed_on(peer: RestPeer, path: str, accept: str, asked: str) -> None:
    """The proxy is asked for what it can answer with, and sees nothing of the client's connection."""
    hop = [("Connection", "X-Secret"), ("X-Secret", "1"), ("TE", "trailers"), ("Host", "gw")]
    call(peer.url, "GET", path, ("Accept", accept), *hop)
    (seen,) = peer.seen
    assert seen.headers["accept"] == asked
    assert seen.headers["host"] == peer.url.removeprefix("http://")
    assert {"connection", "x-secret", "te", "content-type"}.isdisjoint(seen.headers)


def test_headers_that_come_back() -> None:
    """The answer's meaning is kept, what belongs to the proxy's connection is not."""
    chunked = (
        b"HTTP/1.1 409 x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
        b"Connection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nServer: Jetty\r\n"
        b"Retry-After: 7\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    )
    with rest_peer(lambda _: chunked) as peer:
        answer = call(peer.url, "GET", "/topics")
    assert (answer.status_code, answer.body) == (409, b"{}")
    assert dict(answer.headers) == {
        "content-type": "application/json",
        "retry-after": "7",
        "content-length": "2",
    }


def test_a_new_consumer_is_addressed_by_the_gateway() -> None:
    """The proxy's own host in base_uri would be out of reach; the name is the one that it chose."""
    made = {"instance_id": "n", "base_uri": "http://kafka-rest:8082/consumers/g/instances/n"}
    body = json.dumps({"format": "json"}).encode()
    with rest_peer(lambda _: reply(200, json.dumps(made).encode(), f"Content-Type: {V2}")) as peer:
        answer = call(peer.url, "POST", "/dev/consumers/g", ("Host", "gw:8082"), body=body)
    assert json.loads(bytes(answer.body)) == {
        "instance_id": "n",
        "base_uri": "http://gw:8082/dev/consumers/g/instances/n",
    }
    assert answer.headers["content-length"] == str(len(answer.body))
    assert (peer.seen[0].body, peer.seen[0].headers["content-type"]) == (body, V2)


def test_a_new_consumer_that_nobody_can_address() -> None:
    """A 200 that names no instance is no answer of a REST proxy."""
    with rest_peer(lambda _: reply(200, b"<html>")) as peer, pytest.raises(RefusalError) as caught:
        call(peer.url, "POST", "/consumers/g")
    assert (caught.value.status, caught.value.code) == (503, 50003)


def test_a_refusal_is_the_proxy_s_own() -> None:
    """Status, code and text come through as they are."""
    body = b'{"error_code":40902,"message":"exists"}'
    with rest_peer(lambda _: reply(409, body, "Content-Type: application/json")) as peer:
        answer = call(peer.url, "POST", "/consumers/g")
    assert (answer.status_code, answer.body) == (409, body)


def test_no_answer() -> None:
    """Refused connections and broken ones are both 503, told apart by their code."""
    with pytest.raises(RefusalError) as away:
        call(f"http://{HOST}:1", "GET", "/topics")
    with rest_peer(lambda _: b"") as peer, pytest.raises(RefusalError) as broken:
        call(peer.url, "GET", "/topics")
    assert [(each.value.status, each.value.code) for each in (away, broken)] == [
        (503, 50302),
        (503, 50003),
    ]
    assert away.value.headers
    assert broken.value.headers
