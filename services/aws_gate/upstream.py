"""The gate's side towards a service behind it: one connection, kept open between a client's requests."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import NamedTuple

import h11

from services.aws_gate.client_connection import CHUNK
from services.aws_gate.request_head import Headers, RequestHead

HOP_BY_HOP = {
    b"connection",
    b"keep-alive",
    b"proxy-authenticate",
    b"proxy-authorization",
    b"proxy-connection",
    b"te",
    b"trailer",
    b"upgrade",
}
"""Headers of one connection, which are not handed on (RFC 9110, 7.6.1)."""

ANSWER_SECONDS = 900.0
"""Until a service must have begun to answer; a large upload is put together in that time."""


class Address(NamedTuple):
    host: str
    port: int


class UpstreamError(Exception):
    """The service is away, or has broken off its answer."""


class Upstream:
    """A connection to one service."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.CLIENT)

    @classmethod
    async def connect(cls, address: Address) -> "Upstream":
        """Connect.

        Raises:
            UpstreamError: nobody listens.
        """
        try:
            return cls(*await asyncio.open_connection(*address, limit=CHUNK))
        except OSError as error:
            raise UpstreamError(f"nothing listens on {address.host}:{address.port}") from error

    @property
    def is_reusable(self) -> bool:
        """Whether the next request can go this way."""
        if self._reader.at_eof() or self._writer.is_closing():
            return False
        return {self._http.our_state, self._http.their_state} <= {h11.DONE, h11.IDLE}

    async def begin(self, head: RequestHead) -> None:
        """Send a request's head."""
        if self._http.our_state is h11.DONE:
            self._http.start_next_cycle()
        headers = end_to_end(head.headers)
        target = head.target.encode("latin-1")
        await self.send(h11.Request(method=head.method, target=target, headers=headers))

    async def send(self, event: h11.Event) -> None:
        """Send a part of the request.

        Raises:
            UpstreamError: the service does not take it.
        """
        if data := self._http.send(event):
            self._writer.write(data)
            try:
                await self._writer.drain()
            except OSError as error:
                raise UpstreamError("the service has closed the connection") from error

    async def head(self) -> h11.Response | h11.InformationalResponse:
        """The answer's head, or a `100 Continue` before it.

        Raises:
            UpstreamError: no answer comes.
        """
        event = await self._event(ANSWER_SECONDS)
        if isinstance(event, h11.Response | h11.InformationalResponse):
            return event
        raise UpstreamError("the service has not answered")

    async def body(self) -> AsyncIterator[bytes]:
        """The answer's body, piece by piece.

        Raises:
            UpstreamError: it does not come to its end.
        """
        while not isinstance(event := await self._event(ANSWER_SECONDS), h11.EndOfMessage):
            if not isinstance(event, h11.Data):
                raise UpstreamError("the service has broken off its answer")
            yield bytes(event.data)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._writer.close()

    async def _event(self, seconds: float) -> object:
        try:
            while (event := self._http.next_event()) is h11.NEED_DATA:
                async with asyncio.timeout(seconds):
                    self._http.receive_data(await self._reader.read(CHUNK))
        except (OSError, TimeoutError, h11.RemoteProtocolError) as error:
            raise UpstreamError(f"the service has broken off: {error}") from error
        return event


def end_to_end(headers: Headers) -> Headers:
    """Headers without those of the one connection that they came by."""
    named = {
        name.strip().lower()
        for key, value in headers
        if key.lower() == b"connection"
        for name in value.split(b",")
    }
    dropped = HOP_BY_HOP | (named - {b"host", b"content-length", b"transfer-encoding"})
    return [(name, value) for name, value in headers if name.lower() not in dropped]
