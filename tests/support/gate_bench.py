"""A gate between a test and two servers that tell what reached them."""

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import NamedTuple

from services.aws_gate.client_connection import CHUNK
from services.aws_gate.gate import Backends, Gate
from services.aws_gate.s3_requests import S3Requests
from services.aws_gate.signature import Keys
from services.aws_gate.upstream import Address
from services.http_guard import Allowed
from services.settings import HOST

KEYS = Keys("PCLDKEY", "secret")
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Bench(NamedTuple):
    """A gate that listens, and what its two servers were sent, head by head."""

    port: int
    s3: list[bytes]
    kinesis: list[bytes]


async def _server(name: bytes, seen: list[bytes]) -> asyncio.Server:
    """Answers each request with its name and the number of its body's bytes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                seen.append(head)
                length = int(match[1]) if (match := _LENGTH.search(head)) else 0
                body = await reader.readexactly(length)
                text = b"%s %d %s" % (name, length, hashlib.md5(body).hexdigest().encode())  # noqa: S324
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    return await asyncio.start_server(serve, HOST, 0, limit=CHUNK)


def with_gate(folder: Path, work: Callable[[Bench], Awaitable[None]]) -> None:
    """Run a coroutine function beside a gate that listens."""

    async def run() -> None:
        async with AsyncExitStack() as stack:
            bench = Bench(0, [], [])
            s3, kinesis = await _server(b"s3", bench.s3), await _server(b"kinesis", bench.kinesis)
            backends = Backends(address_of(s3), address_of(kinesis))
            requests = S3Requests(folder, KEYS, durable=False)
            gate = Gate(backends, KEYS, Allowed(), requests)
            listener = await asyncio.start_server(gate.serve, HOST, 0, limit=CHUNK)
            for server in (s3, kinesis, listener):
                stack.callback(server.close)
            await work(bench._replace(port=address_of(listener).port))

    asyncio.run(asyncio.wait_for(run(), 60))


def address_of(server: asyncio.Server) -> Address:
    """Where it listens."""
    return Address(HOST, server.sockets[0].getsockname()[1])
