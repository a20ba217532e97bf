"""The gate's side towards a client: HTTP/1.1 by h11, with time limits for clients that are slow or silent."""

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus

import h11

from services.aws_gate.errors import Answer
from services.aws_gate.request_head import RequestHead

CHUNK = 256 * 1024
"""Bytes that are read at a time."""

HEAD_BYTES = 64 * 1024

HEAD_SECONDS = 30.0
"""From a head's first byte to its last."""

IDLE_SECONDS = 300.0
"""Between two requests of one connection."""

STALL_SECONDS = 60.0
"""Without a byte of a body, in either direction."""

_DRAIN_SECONDS = 2.0
_DRAIN_BYTES = 16 * 1024 * 1024


class ConnectionEnded(Exception):
    """The other side has closed the connection, or is too slow."""


class ClientConnection:
    """One connection; requests come one after the other."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, received: bytes
    ) -> None:
        """A connection whose first bytes have been read already; none of them: the client has gone."""
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_BYTES)
        self._http.receive_data(received)
        self._method = ""

    async def next_request(self) -> RequestHead | None:
        """The next request's head; None when the client has no more.

        Raises:
            h11.RemoteProtocolError: what came is no request.
            ConnectionEnded: it did not come whole in time.
        """
        if self._http.our_state is h11.DONE:
            self._http.start_next_cycle()
        event = self._http.next_event()
        if event is h11.NEED_DATA and not self._http.trailing_data[0]:
            await self._receive(IDLE_SECONDS)
            event = self._http.next_event()
        try:
            async with asyncio.timeout(HEAD_SECONDS):
                while event is h11.NEED_DATA:
                    await self._receive(HEAD_SECONDS)
                    event = self._http.next_event()
        except TimeoutError as error:
            raise ConnectionEnded from error
        if not isinstance(event, h11.Request):
            return None
        head = _head(event)
        self._method = head.method
        return head

    async def body(self) -> AsyncIterator[bytes]:
        """The request's body, piece by piece.

        Raises:
            h11.RemoteProtocolError: it is not framed as its head says.
            ConnectionEnded: it does not come to its end.
        """
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                await self._receive(STALL_SECONDS)
            elif isinstance(event, h11.Data):
                yield bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                return
            else:
                raise ConnectionEnded

    async def skip_body(self) -> None:
        """Read what belongs to the request and is not wanted."""
        async for _ in self.body():
            pass

    @property
    def has_whole_request(self) -> bool:
        """Whether the request's body has been read to its end."""
        return self._http.their_state in {h11.DONE, h11.MUST_CLOSE, h11.CLOSED}

    @property
    def is_reusable(self) -> bool:
        """Whether another request can follow."""
        return self._http.our_state is h11.DONE and self._http.their_state is h11.DONE

    async def send(self, event: h11.Event) -> None:
        """Send a part of the answer.

        Raises:
            ConnectionEnded: the client does not take it.
        """
        data = self._http.send(event)
        if data:
            self._writer.write(data)
            try:
                async with asyncio.timeout(STALL_SECONDS):
                    await self._writer.drain()
            except (TimeoutError, OSError) as error:
                raise ConnectionEnded from error

    async def ask_for_body(self) -> None:
        """Send `100 Continue` to a client that waits for it."""
        if self._http.they_are_waiting_for_100_continue:
            await self.send(
                h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue")
            )

    async def answer(self, answer: Answer) -> None:
        """Send a whole answer of the gate's own."""
        if self._http.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
            raise ConnectionEnded
        headers = [
            (b"content-type", answer.content_type.encode("ascii")),
            (b"content-length", str(len(answer.body)).encode("ascii")),
            *([(b"connection", b"close")] if answer.close else []),
        ]
        await self.send(
            h11.Response(
                status_code=answer.status,
                headers=headers,
                reason=HTTPStatus(answer.status).phrase.encode("ascii"),
            )
        )
        if self._method != "HEAD":
            await self.send(h11.Data(data=answer.body))
        await self.send(h11.EndOfMessage())

    async def drain(self) -> None:
        """Read on for a moment what the client still sends, so that it gets to see the answer before the end."""
        left = _DRAIN_BYTES
        try:
            self._writer.write_eof()
            async with asyncio.timeout(_DRAIN_SECONDS):
                while left > 0 and (data := await self._reader.read(CHUNK)):
                    left -= len(data)
        except (TimeoutError, OSError):
            return

    async def _receive(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                self._http.receive_data(await self._reader.read(CHUNK))
        except (TimeoutError, OSError) as error:
            raise ConnectionEnded from error


def _head(request: h11.Request) -> RequestHead:
    return RequestHead(
        request.method.decode("ascii"),
        request.target.decode("latin-1"),
        [(bytes(name), bytes(value)) for name, value in request.headers],
    )
