"""The gate between a raw socket and two servers that tell what reached them."""

import asyncio
import hashlib
import re
from pathlib import Path

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from services.aws_gate import client_connection
from services.aws_gate.client_connection import CHUNK
from services.aws_gate.gate import Backends, Gate
from services.aws_gate.large_uploads import LARGE_BYTES
from services.aws_gate.s3_requests import S3Requests
from services.aws_gate.signature import Keys
from services.aws_gate.upstream import Address
from services.http_guard import Allowed
from services.settings import HOST
from tests.support.gate_bench import KEYS, Bench, address_of, with_gate


def _request(
    bench: Bench, target: str, body: bytes = b"", *, service: str = "s3", keys: Keys = KEYS
) -> bytes:
    """A signed request, ready for the wire."""
    headers = {"X-Amz-Target": "Kinesis_20131202.ListStreams"} if service == "kinesis" else {}
    method = "POST" if service == "kinesis" else "PUT" if body else "GET"
    request = AWSRequest(method, f"http://{HOST}:{bench.port}{target}", headers, body)
    auth = SigV4Auth if service == "kinesis" else S3SigV4Auth
    auth(Credentials(keys.access_key_id, keys.secret_access_key), service, "us-east-1").add_auth(
        request
    )
    lines = [f"{name}: {value}" for name, value in request.headers.items()]
    lines += [f"Host: {HOST}:{bench.port}", *([f"Content-Length: {len(body)}"] if body else [])]
    return "\r\n".join([f"{method} {target} HTTP/1.1", *lines, "", ""]).encode() + body


async def _ask(bench: Bench, *parts: bytes) -> bytes:
    """All that comes back until the gate closes; it is told that nothing follows."""
    reader, writer = await asyncio.open_connection(HOST, bench.port)
    for part in parts:
        writer.write(part)
        await writer.drain()
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    return answer


def test_each_request_of_a_connection_reaches_its_own_service(tmp_path: Path) -> None:
    """S3, Kinesis and S3 again, on one socket, also when a head comes byte by byte."""

    async def work(bench: Bench) -> None:
        kinesis = _request(bench, "/", b"{}", service="kinesis")
        s3 = _request(bench, "/")
        answer = await _ask(bench, s3, *(kinesis[i : i + 1] for i in range(len(kinesis))), s3)
        assert re.findall(rb"(s3|kinesis) (\d+)", answer) == [
            (b"s3", b"0"),
            (b"kinesis", b"2"),
            (b"s3", b"0"),
        ]

    with_gate(tmp_path, work)


def test_kinesis_sees_nothing_that_is_not_signed_with_the_keys(tmp_path: Path) -> None:
    """A wrong secret, a changed body, no signature: 403, in JSON."""

    async def work(bench: Bench) -> None:
        wrong = _request(
            bench, "/", b"{}", service="kinesis", keys=Keys(KEYS.access_key_id, "other")
        )
        changed = _request(bench, "/", b"{}", service="kinesis")[:-2] + b"[]"
        unsigned = re.sub(
            rb"Authorization: [^\r]*\r\n", b"", _request(bench, "/", b"{}", service="kinesis")
        )
        for request in (wrong, changed, unsigned):
            answer = await _ask(bench, request)
            assert answer.startswith(b"HTTP/1.1 403 ")
            assert b'{"__type": ' in answer
        assert bench.kinesis == []

    with_gate(tmp_path, work)


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        (b"OPTIONS /b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 403),
        (b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://evil.example\r\n\r\n", 403),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: cross-site\r\n\r\n", 403),
        (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Amz-Target: DynamoDB_1.List\r\n\r\n", 400),
        (
            b"PUT /b/k HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            403,
        ),
        (b"PUT /b/k HTTP/1.1\r\nHost: ::1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (
            b"PUT /b/k HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            400,
        ),
        (b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"CONNECT a:1 HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
        (b"nonsense\r\n\r\n", 400),
    ],
)
def test_what_is_refused_reaches_no_service(
    tmp_path: Path, request_head: bytes, status: int
) -> None:
    """Foreign names and origins, other services, framing that two servers could read differently."""

    async def work(bench: Bench) -> None:
        answer = await _ask(bench, request_head)
        assert answer.startswith(b"HTTP/1.1 %d " % status)
        assert b"access-control" not in answer.lower()
        assert (bench.s3, bench.kinesis) == ([], [])

    with_gate(tmp_path, work)


def test_a_long_body_is_passed_on_and_checked_on_the_way(tmp_path: Path) -> None:
    """The server gets it for a body of any content; one that is not what was signed is never completed."""

    async def work(bench: Bench) -> None:
        body = bytes(range(256)) * (LARGE_BYTES // 64)
        request = _request(bench, "/b/k", body)
        answer = await _ask(bench, request)
        assert answer.endswith(b"s3 %d %s" % (len(body), hashlib.md5(body).hexdigest().encode()))  # noqa: S324
        assert b"x-amz-content-sha256: UNSIGNED-PAYLOAD" in bench.s3[0]
        answer = await _ask(bench, request[:-1] + b"x")
        assert answer.startswith(b"HTTP/1.1 403 ")
        assert b"XAmzContentSHA256Mismatch" in answer

    with_gate(tmp_path, work)


def test_a_service_that_is_away_ends_the_connection(tmp_path: Path) -> None:
    """Clients take that for what it is, and come again; nobody answers in its place."""

    async def work(bench: Bench) -> None:
        gate = Gate(
            Backends(Address(HOST, 1), Address(HOST, 1)),
            KEYS,
            Allowed(),
            S3Requests(tmp_path, KEYS, durable=False),
        )
        async with await asyncio.start_server(gate.serve, HOST, 0) as listener:
            away = bench._replace(port=address_of(listener).port)
            assert await _ask(away, _request(away, "/")) == b""

    with_gate(tmp_path, work)


def test_a_head_that_does_not_come_in_time_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection is closed; another client is served meanwhile."""
    monkeypatch.setattr(client_connection, "HEAD_SECONDS", 0.5)

    async def work(bench: Bench) -> None:
        reader, writer = await asyncio.open_connection(HOST, bench.port)
        writer.write(b"POST / HT")
        assert b"s3" in await _ask(bench, _request(bench, "/"))
        assert await reader.read() == b""
        writer.close()

    with_gate(tmp_path, work)


def test_a_head_that_is_too_long_is_refused(tmp_path: Path) -> None:
    """Nobody behind the gate sees it, and it is not read on."""

    async def work(bench: Bench) -> None:
        reader, writer = await asyncio.open_connection(HOST, bench.port)
        writer.write(b"GET / HTTP/1.1\r\nX: " + b"x" * (2 * CHUNK))
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert bench.s3 == []
        writer.close()

    with_gate(tmp_path, work)
