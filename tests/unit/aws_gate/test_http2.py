"""HTTP/2 with prior knowledge at the gate: for Kinesis, signed, within bounds, and broken by nobody's frames."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

import cbor2
import h2.config
import h2.connection
import h2.errors
import h2.events
import httpx
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from services.aws_gate import gate as gate_module
from services.aws_gate.http2 import session
from services.aws_gate.http2.preface import PREFACE
from services.aws_gate.signature import Keys
from services.settings import HOST
from tests.support.gate_bench import KEYS, Bench, with_gate

TARGET = {"X-Amz-Target": "Kinesis_20131202.PutRecords"}


def _signed(
    url: str, body: bytes, keys: Keys = KEYS, service: str = "kinesis", **headers: str
) -> dict[str, str]:
    request = AWSRequest("POST", url, {**TARGET, **headers}, body)
    credentials = Credentials(keys.access_key_id, keys.secret_access_key)
    SigV4Auth(credentials, service, "us-east-1").add_auth(request)
    return dict(request.headers)


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(http1=False, http2=True, timeout=20, trust_env=False)


def test_requests_side_by_side_reach_kinesis(tmp_path: Path) -> None:
    """A hundred at once on one connection, small ones and one of many megabytes, each whole."""

    async def work(bench: Bench) -> None:
        url = f"http://{HOST}:{bench.port}/"
        bodies = [bytes([i]) * 1000 for i in range(99)] + [b"x" * 12_000_000]
        async with _client() as client:
            answers = await asyncio.gather(
                *(client.post(url, content=body, headers=_signed(url, body)) for body in bodies)
            )
        assert {answer.http_version for answer in answers} == {"HTTP/2"}
        for body, answer in zip(bodies, answers, strict=True):
            assert answer.status_code == 200
            assert answer.text.startswith(f"kinesis {len(body)} ")
        assert bench.s3 == []
        assert all(b"HTTP/1.1\r\n" in head for head in bench.kinesis)

    with_gate(tmp_path, work)


@pytest.mark.parametrize(
    ("keys", "service", "headers", "code"),
    [
        (Keys(KEYS.access_key_id, "another"), "kinesis", {}, "SignatureDoesNotMatch"),
        (Keys("STRANGER", KEYS.secret_access_key), "kinesis", {}, "InvalidAccessKeyId"),
        (KEYS, "dynamodb", {"X-Amz-Target": "DynamoDB_20120810.PutItem"}, "UnknownOperation"),
        (KEYS, "kinesis", {"Origin": "https://evil.example"}, "AccessDenied"),
        (KEYS, "kinesis", {"Host": "evil.example"}, "AccessDenied"),
    ],
    ids=["secret", "key", "service", "origin", "host"],
)
def test_what_http1_refuses_is_refused(
    tmp_path: Path, keys: Keys, service: str, headers: dict[str, str], code: str
) -> None:
    """In words that the SDK reads; Kinesis sees nothing of it."""

    async def work(bench: Bench) -> None:
        url = f"http://{HOST}:{bench.port}/"
        async with _client() as client:
            signed = _signed(url, b"{}", keys, service, **headers)
            answer = await client.post(url, content=b"{}", headers=signed)
            unsigned = await client.post(url, content=b"{}", headers=TARGET)
        assert answer.json()["__type"].startswith(code)
        assert answer.status_code in {400, 403}
        assert unsigned.status_code == 403
        assert bench.kinesis == []

    with_gate(tmp_path, work)


def test_a_refusal_is_in_cbor_for_who_speaks_it(tmp_path: Path) -> None:
    """Java's SDK reads nothing else."""

    async def work(bench: Bench) -> None:
        url = f"http://{HOST}:{bench.port}/"
        cbor = {**TARGET, "Content-Type": "application/x-amz-cbor-1.1"}
        async with _client() as client:
            answer = await client.post(url, content=b"\xa0", headers=cbor)
        assert cbor2.loads(answer.content)["__type"]

    with_gate(tmp_path, work)


def test_s3_is_told_to_speak_http1(tmp_path: Path) -> None:
    """Objects are passed on piece by piece there, and never held whole."""

    async def work(bench: Bench) -> None:
        async with _client() as client:
            answer = await client.get(f"http://{HOST}:{bench.port}/bucket/key")
        assert answer.status_code == 400
        assert "HTTP/1.1" in answer.text
        assert bench.s3 == []

    with_gate(tmp_path, work)


class _Peer:
    """A client that sends whatever it wants."""

    def __init__(self, bench: Bench) -> None:
        config = h2.config.H2Configuration(client_side=True)
        self.http = h2.connection.H2Connection(config)
        self.port = bench.port
        self.events: list[h2.events.Event] = []

    async def __aenter__(self) -> "_Peer":
        self.reader, self.writer = await asyncio.open_connection(HOST, self.port)
        self.http.initiate_connection()
        await self.flush()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()

    async def flush(self, extra: bytes = b"") -> None:
        self.writer.write(self.http.data_to_send() + extra)
        await self.writer.drain()

    def begin(self, stream: int, headers: Iterable[tuple[str, str]] = ()) -> None:
        pseudo = [(":method", "POST"), (":path", "/"), (":scheme", "http")]
        authority = (":authority", f"{HOST}:{self.port}")
        self.http.send_headers(stream, [*pseudo, authority, *headers])

    async def until_closed(self) -> None:
        while data := await self.reader.read(65536):
            self.events += self.http.receive_data(data)
            await self.flush()

    async def until(self, kind: type[h2.events.Event]) -> h2.events.Event:
        while not (found := [event for event in self.events if isinstance(event, kind)]):
            self.events += self.http.receive_data(await self.reader.read(65536))
            await self.flush()
        return found[0]


@pytest.mark.parametrize(
    "frames",
    [
        b"\x00\x00\x00\x03\x00\x00\x00\x00\x00",
        b"\x00\x00\x08\x06\x00\x00\x00\x00\x01abcdefgh",
        b"\x00\x00\x05\x01\x04\x00\x00\x00\x01\xff\xff\xff\xff\xff",
        b"\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x04\xff\xff\xff\xff",
    ],
    ids=["reset of 0", "ping of a stream", "no hpack", "window"],
)
def test_frames_that_break_the_protocol_end_their_connection_alone(
    tmp_path: Path, frames: bytes
) -> None:
    """The client is told by GOAWAY; another one is served."""

    async def work(bench: Bench) -> None:
        async with _Peer(bench) as peer:
            await peer.flush(frames)
            await peer.until_closed()
            assert any(isinstance(e, h2.events.ConnectionTerminated) for e in peer.events)
        url = f"http://{HOST}:{bench.port}/"
        async with _client() as client:
            answer = await client.post(url, content=b"{}", headers=_signed(url, b"{}"))
        assert answer.status_code == 200

    with_gate(tmp_path, work)


def test_a_body_over_the_limit_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its stream is reset; the connection goes on."""
    monkeypatch.setattr(gate_module, "WHOLE_BODY_BYTES", 10_000)

    async def work(bench: Bench) -> None:
        async with _Peer(bench) as peer:
            peer.begin(1)
            peer.http.send_data(1, b"x" * 16_000)
            await peer.flush()
            reset = await peer.until(h2.events.StreamReset)
            assert getattr(reset, "error_code", None) == h2.errors.ErrorCodes.ENHANCE_YOUR_CALM
            peer.begin(3, [("x-amz-target", "Kinesis_20131202.ListStreams")])
            peer.http.end_stream(3)
            await peer.flush()
            await peer.until(h2.events.ResponseReceived)

    with_gate(tmp_path, work)


def test_requests_that_are_reset_at_once_do_not_pile_up(tmp_path: Path) -> None:
    """A thousand begun and given up leave a connection that still answers, and nothing at Kinesis."""

    async def work(bench: Bench) -> None:
        async with _Peer(bench) as peer:
            for stream in range(1, 2001, 2):
                peer.begin(stream)
                peer.http.reset_stream(stream)
                await peer.flush()
            peer.begin(2001, [("x-amz-target", "Kinesis_20131202.ListStreams")])
            peer.http.end_stream(2001)
            await peer.flush()
            await peer.until(h2.events.ResponseReceived)
        assert bench.kinesis == []

    with_gate(tmp_path, work)


def test_a_silent_client_is_told_goodbye(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that has sent half of a request."""
    monkeypatch.setattr(session, "STALL_SECONDS", 0.2)

    async def work(bench: Bench) -> None:
        async with _Peer(bench) as peer:
            peer.begin(1)
            await peer.flush()
            await peer.until_closed()
            assert isinstance(peer.events[-1], h2.events.ConnectionTerminated)

    with_gate(tmp_path, work)


def test_a_preface_that_comes_in_pieces_is_one(tmp_path: Path) -> None:
    """A client of HTTP/1 whose first bytes come alone is one of HTTP/1."""

    async def work(bench: Bench) -> None:
        reader, writer = await asyncio.open_connection(HOST, bench.port)
        for byte in PREFACE:
            writer.write(bytes([byte]))
            await writer.drain()
        writer.write(b"\x00\x00\x00\x04\x00\x00\x00\x00\x00")
        assert (await reader.readexactly(9))[3] == 4  # SETTINGS
        writer.close()
        reader, writer = await asyncio.open_connection(HOST, bench.port)
        writer.write(b"P")
        await writer.drain()
        writer.write(b"OST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 ")
        writer.close()

    with_gate(tmp_path, work)
