"""Which HTTP a new connection speaks: known by its first bytes, since nothing is negotiated without TLS."""

import asyncio

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
"""What a client of HTTP/2 begins with (RFC 9113, 3.4); no request of HTTP/1 does."""


async def first_bytes(reader: asyncio.StreamReader, limit: int, seconds: float) -> bytes:
    """A connection's first bytes, as many as it takes to tell; empty when the client has gone.

    Raises:
        TimeoutError: they do not come.
    """
    received = b""
    async with asyncio.timeout(seconds):
        while len(received) < len(PREFACE) and PREFACE.startswith(received):
            more = await reader.read(limit)
            if not more:
                break
            received += more
    return received


def is_http2(received: bytes) -> bool:
    return received.startswith(PREFACE)
