"""Records by way of a REST proxy that is away, breaks off, is silent, or says many things."""

import asyncio
import json
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest
from urllib3.connection import HTTPConnection

from services.gateway.kafka.produce_body import KafkaRecord
from services.gateway.kafka.produce_outcome import KafkaFailed, KafkaOutcome, KafkaStored
from services.gateway.kafka_rest.connection_pool import OpenConnections, RestCall
from services.gateway.kafka_rest.rest_proxy_client import (
    CONCURRENT_CALLS,
    AllThreadsBusyError,
    CallThreads,
    RestProxyClient,
)
from services.gateway.kafka_rest.rest_writer import RestWriter
from services.gateway.limits import Limits
from services.settings import HOST
from tests.support.rest_peer import RestPeer, reply, rest_peer

RECORDS = [KafkaRecord(b'"k"', b'{"a":1.10}', None), KafkaRecord(None, None, 3)]
HASTY = Limits(delivery_seconds=0.2)
SENT, NOT_SENT = (503, 50003), (503, 50302)


def write(
    url: str, limits: Limits = HASTY, records: list[KafkaRecord] = RECORDS
) -> list[KafkaOutcome]:
    """What became of the records."""

    async def _write() -> list[KafkaOutcome]:
        client = RestProxyClient(url, limits)
        try:
            return await RestWriter(client).write("a b/c.pin", records)
        finally:
            client.close()

    return asyncio.run(_write())


def offsets(*entries: dict[str, Any]) -> bytes:
    """The body of a produce answer."""
    return json.dumps({"offsets": entries, "key_schema_id": None}).encode()


def stored(offset: int) -> dict[str, Any]:
    """The entry of a record that is stored."""
    return {"partition": 0, "offset": offset, "error_code": None, "error": None}


def error(code: int) -> dict[str, Any]:
    """The entry of a record that failed."""
    return {"partition": None, "offset": None, "error_code": code, "error": "because"}


def test_records_travel_as_their_own_bytes() -> None:
    """Base64 of what the client wrote: the proxy has nothing to write anew, and the path is quoted."""
    with rest_peer(lambda _: reply(200, offsets(stored(7), stored(8)))) as peer:
        assert write(f"{peer.url}/base/") == [KafkaStored(0, 7), KafkaStored(0, 8)]
    (seen,) = peer.seen
    assert (seen.method, seen.path) == ("POST", "/base/topics/a%20b%2Fc.pin")
    assert seen.headers["content-type"] == "application/vnd.kafka.binary.v2+json"
    assert seen.headers["accept"] == "application/vnd.kafka.v2+json"
    assert json.loads(seen.body) == {
        "records": [
            {"key": "Imsi", "value": "eyJhIjoxLjEwfQ==", "partition": None},
            {"key": None, "value": None, "partition": 3},
        ]
    }


@pytest.mark.parametrize(
    ("code", "status", "entry_code"),
    [
        (50003, 503, 50003),
        (50002, 500, 50002),
        (50302, 503, 50302),
        (40301, 403, 40301),
        (413, 413, 413),
        (2, 500, 2),
    ],
)
def test_a_200_with_a_failure_in_it(code: int, status: int, entry_code: int) -> None:
    """Each record has its own fate; an error's code tells the status that the gateway answers with."""
    with rest_peer(lambda _: reply(200, offsets(stored(7), error(code)))) as peer:
        first, second = write(peer.url)
    assert first == KafkaStored(0, 7)
    assert isinstance(second, KafkaFailed)
    assert (second.status, second.entry_code) == (status, entry_code)
    assert second.reason.startswith("because")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 x\r\nContent-Le",
        b"HTTP/1.1 200 x\r\nContent-Length: 500\r\n\r\n" + offsets(stored(1), stored(2)),
        b"nonsense",
        reply(200, b"<html>"),
        reply(200, b"{}"),
        reply(200, b"\xff"),
        reply(200, offsets(stored(1))),
        reply(200, offsets({}, {})),
        reply(302, b"", "Location: /elsewhere"),
        reply(404, b"<html>no REST proxy"),
        reply(404, b"{}"),
        reply(500, b'{"error_code":500,"message":"Internal Server Error"}'),
        reply(503, b'{"error_code":50302,"message":"Broker not available"}'),
        None,
    ],
)
def test_an_answer_that_proves_nothing(answer: bytes | None) -> None:
    """Once sent, a record whose offset is not told may be stored: 503 with 50003, and never sent again."""
    with rest_peer(lambda _: answer) as peer:
        outcomes = write(peer.url)
    assert [(each.status, each.code) for each in outcomes if isinstance(each, KafkaFailed)] == [
        SENT
    ] * 2
    assert len(peer.seen) == 1


@pytest.mark.parametrize(("status", "code"), [(422, 422), (404, 40403), (429, 42901), (401, 40101)])
def test_a_refusal_in_the_proxy_s_own_shape(status: int, code: int) -> None:
    """A 4xx is its word that nothing is stored; it is passed on."""
    body = json.dumps({"error_code": code, "message": "no"}).encode()
    with rest_peer(lambda _: reply(status, body)) as peer:
        outcomes = write(peer.url)
    after = 5 if status == 429 else None
    assert outcomes == [KafkaFailed(status, code, code, "no", after)] * 2


def test_a_connection_that_is_opened_too_late() -> None:
    """What is on its way when all are broken is broken as soon as it is open."""
    with socket.create_server((HOST, 0)) as server:
        opened, port = OpenConnections(), server.getsockname()[1]
        connection = opened.registering(HTTPConnection)(HOST, port, timeout=10)
        opened.break_all()
        connection.connect()
        assert connection.sock.recv(1) == b""
        connection.close()


def test_no_password_is_told() -> None:
    """A URL that carries one is named without it."""
    (first, _) = write(f"http://me:secret@{HOST}:1")
    assert isinstance(first, KafkaFailed)
    assert f"http://{HOST}:1 " in first.reason


def test_a_connection_that_the_proxy_closed_meanwhile() -> None:
    """An idle connection that is gone is no unknown outcome: the next call opens another one."""

    async def scenario(peer: RestPeer) -> list[KafkaOutcome]:
        writer = RestWriter(RestProxyClient(peer.url, Limits()))
        await writer.write("t", RECORDS)
        await _until(lambda: peer.closed == 1)
        return await writer.write("t", RECORDS)

    with rest_peer(lambda _: reply(200, offsets(stored(1), stored(2)))) as peer:
        assert asyncio.run(scenario(peer)) == [KafkaStored(0, 1), KafkaStored(0, 2)]
    assert len(peer.seen) == 2


def test_a_lane_that_stays_full() -> None:
    """A call waits for room only so long and is not begun; room that is given back is used."""

    async def scenario() -> str:
        lane, held = CallThreads("test", 1, 0.05), threading.Event()
        holder = asyncio.create_task(lane.run(held.wait))
        await asyncio.sleep(0)
        with pytest.raises(AllThreadsBusyError):
            await lane.run(lambda: "too early")
        held.set()
        await holder
        return await lane.run(lambda: "in time")

    assert asyncio.run(scenario()) == "in time"


def test_a_proxy_that_is_away() -> None:
    """No connection was made, so nothing was sent: refused as certainly not stored."""
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        outcomes = write(f"http://{HOST}:{taken.getsockname()[1]}")
    assert [(each.status, each.code) for each in outcomes if isinstance(each, KafkaFailed)] == [
        NOT_SENT
    ] * 2


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


def test_abandoned_calls_are_unknown_at_once_and_new_ones_are_not_made() -> None:
    """A gateway that stops does not wait for a silent proxy, and tells what it does not know."""

    async def scenario(
        url: str, seen: list[Any]
    ) -> tuple[list[KafkaOutcome], list[KafkaOutcome], int]:
        writer = RestWriter(RestProxyClient(url, Limits(delivery_seconds=60)))
        out = asyncio.create_task(writer.write("t", RECORDS))
        await _until(lambda: bool(seen))
        waiting = len(writer)
        writer.abandon()
        async with asyncio.timeout(10):
            return await out, await writer.write("t", RECORDS), waiting

    with rest_peer(lambda _: None) as peer:
        first, second, waiting = asyncio.run(scenario(peer.url, peer.seen))
    assert waiting == 2
    assert [each.code for each in first if isinstance(each, KafkaFailed)] == [50003] * 2
    assert [each.code for each in second if isinstance(each, KafkaFailed)] == [50302] * 2
    assert len(peer.seen) == 1


def test_silent_readers_do_not_keep_writers_waiting() -> None:
    """With every connection for other calls in use, records and health still come through."""

    async def scenario(url: str, seen: list[Any]) -> tuple[list[KafkaOutcome], str | None]:
        client = RestProxyClient(url, Limits())
        read = RestCall("GET", "/consumers", {})
        readers = [asyncio.create_task(client.call(read)) for _ in range(CONCURRENT_CALLS)]
        await _until(lambda: len(seen) == CONCURRENT_CALLS)
        outcomes = await RestWriter(client).write("t", RECORDS)
        health = await client.health()
        client.abandon()
        await asyncio.gather(*readers, return_exceptions=True)
        return outcomes, health

    answer = reply(200, offsets(stored(1), stored(2)))
    with rest_peer(lambda seen: None if seen.path == "/consumers" else answer) as peer:
        outcomes, health = asyncio.run(scenario(peer.url, peer.seen))
    assert outcomes == [KafkaStored(0, 1), KafkaStored(0, 2)]
    assert health is None


@pytest.mark.parametrize("answer", [reply(404, b""), b"", None])
def test_health_says_what_is_wrong(answer: bytes | None) -> None:
    """A proxy that answers otherwise, breaks off or is silent is told by its address."""

    async def check(url: str) -> str | None:
        client = RestProxyClient(url, Limits())
        problem = await client.health()
        client.abandon()
        return problem

    with rest_peer(lambda _: answer) as peer:
        problem = asyncio.run(check(peer.url))
    assert problem is not None
    assert peer.url in problem
