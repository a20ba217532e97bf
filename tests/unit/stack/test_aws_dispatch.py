import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import NamedTuple

import pytest

from services.settings import HOST
from services.stack.native.aws_gate.dispatch import CHUNK, dispatch, is_kinesis


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"POST / HTTP/1.1\r\nX-Amz-Target: Kinesis_20131202.PutRecord\r\n\r\n", True),
        (b"POST / HTTP/1.1\r\nhost: x\r\nx-amz-target:kinesis_20131202.ListStreams\r\n\r\n", True),
        (b"POST / HTTP/1.1\r\nX-Amz-Target: DynamoDB_20120810.ListTables\r\n\r\n", False),
        (b"PUT /b/x-amz-target:%20kinesis_ HTTP/1.1\r\nhost: x\r\n\r\n", False),
        (b"PUT /b/k HTTP/1.1\r\nX-Other: x-amz-target: kinesis_\r\n\r\n", False),
    ],
)
def test_the_target_header_tells_kinesis(head: bytes, *, expected: bool) -> None:
    """In any case and with or without a blank; nowhere but in its own header line."""
    assert is_kinesis(head) is expected


class Ports(NamedTuple):
    """The gate's port, and the two behind it."""

    gate: int
    kinesis: int
    other: int


async def _named(name: bytes) -> tuple[asyncio.Server, int]:
    """A server that sends its name and then what it got, until the client has ended."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(name + b" got " + await reader.read())
        writer.close()

    server = await asyncio.start_server(answer, HOST, 0)
    return server, server.sockets[0].getsockname()[1]


def _with_gate(work: Callable[[Ports], Awaitable[None]]) -> None:
    async def run() -> None:
        async with AsyncExitStack() as stack:
            kinesis, kinesis_port = await _named(b"kinesis")
            other, other_port = await _named(b"other")
            handler = dispatch(kinesis_port, other_port)
            gate = await asyncio.start_server(handler, HOST, 0, limit=CHUNK)
            for server in (kinesis, other, gate):
                stack.callback(server.close)
            await work(Ports(gate.sockets[0].getsockname()[1], kinesis_port, other_port))

    asyncio.run(asyncio.wait_for(run(), 30))


async def _ask(port: int, *parts: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(HOST, port)
    for part in parts:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(0)
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    return answer


KINESIS = b"POST / HTTP/1.1\r\nX-Amz-Target: Kinesis_20131202.PutRecord\r\n\r\nbody"
OTHER = b"PUT /bucket HTTP/1.1\r\nhost: x\r\n\r\nbody" + b"x" * 500_000


def test_each_connection_reaches_its_server_whole() -> None:
    """Heads that come byte by byte, and bodies longer than the buffers, pass unchanged."""

    async def work(ports: Ports) -> None:
        bytewise = [KINESIS[i : i + 1] for i in range(len(KINESIS))]
        assert await _ask(ports.gate, *bytewise) == b"kinesis got " + KINESIS
        assert await _ask(ports.gate, OTHER) == b"other got " + OTHER

    _with_gate(work)


def test_a_client_that_says_nothing_holds_up_nobody() -> None:
    """While one waits with half a head, another is served."""

    async def work(ports: Ports) -> None:
        _, slow = await asyncio.open_connection(HOST, ports.gate)
        slow.write(b"POST / HT")
        assert (await _ask(ports.gate, KINESIS)).startswith(b"kinesis")
        slow.close()

    _with_gate(work)


def test_a_head_that_is_too_long_is_not_read_on() -> None:
    """The connection is closed; nobody behind the gate sees it."""

    async def work(ports: Ports) -> None:
        reader, writer = await asyncio.open_connection(HOST, ports.gate)
        writer.write(b"GET / HTTP/1.1\r\nX: " + b"x" * (3 * CHUNK))
        try:
            assert await reader.read() == b""
        except ConnectionError:
            return
        finally:
            writer.close()

    _with_gate(work)


def test_a_head_that_does_not_come_in_time_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection is closed."""
    monkeypatch.setattr("services.stack.native.aws_gate.dispatch.HEAD_SECONDS", 0.05)

    async def work(ports: Ports) -> None:
        reader, writer = await asyncio.open_connection(HOST, ports.gate)
        writer.write(b"POST / HT")
        assert await reader.read() == b""
        writer.close()

    _with_gate(work)
