"""One public port for two servers: a connection's first request says which it is for.

Kinesis' requests carry `X-Amz-Target: Kinesis_20131202.…`; everything else is the emulator's. Clients keep a
connection to one service (botocore pools connections by client), so that later requests are not looked at.
"""

import asyncio
import contextlib
import re
from collections.abc import Callable, Coroutine

from services.settings import HOST

CHUNK = 256 * 1024
"""Bytes that are passed at a time, and the most that a first request's head may have."""

HEAD_SECONDS = 60.0
"""From the connection to the end of the first request's head."""

_KINESIS = re.compile(rb"^x-amz-target:[ \t]*kinesis_", re.IGNORECASE | re.MULTILINE)

ConnectionHandler = Callable[
    [asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]
]


def dispatch(kinesis: int, other: int) -> ConnectionHandler:
    """A connection handler that relays bytes to one of two ports.

    A connection whose first head is too long or too slow is closed, and so is one to a port where nobody
    listens: clients take that for what it is, a service that is away, and come again.
    """

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError), contextlib.closing(writer):
            head = await _head(reader)
            if head:
                await _relay(reader, writer, kinesis if is_kinesis(head) else other, head)

    return handle


def is_kinesis(head: bytes) -> bool:
    """Whether a request's head is one of Kinesis' API."""
    return _KINESIS.search(head) is not None


async def _head(reader: asyncio.StreamReader) -> bytes:
    """The head of the first request; nothing when it does not come whole."""
    try:
        async with asyncio.timeout(HEAD_SECONDS):
            return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
        return b""


async def _relay(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int, head: bytes
) -> None:
    inner_reader, inner_writer = await asyncio.open_connection(HOST, port, limit=CHUNK)
    with contextlib.closing(inner_writer):
        inner_writer.write(head)
        await asyncio.gather(_pump(reader, inner_writer), _pump(inner_reader, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass bytes one way until that side ends; the other way goes on (a half-closed connection)."""
    with contextlib.suppress(ConnectionError):
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.write_eof()
