"""One request and its answer, passed on piece by piece: neither is ever held whole."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import h11

from services.aws_gate.client_connection import ClientConnection
from services.aws_gate.errors import Answer
from services.aws_gate.request_head import RequestHead
from services.aws_gate.upstream import Upstream, UpstreamError, end_to_end

BeforeAnswer = Callable[[int], Awaitable[Answer | None]]
"""Called with the answer's status before the client sees any of it; may put another answer in its place."""


@dataclass(frozen=True)
class Exchange:
    """One request on its way from a client to a service.

    Attributes:
        body: The request's.
        before_answer: See `BeforeAnswer`.
    """

    client: ClientConnection
    upstream: Upstream
    head: RequestHead
    body: AsyncIterator[bytes]
    before_answer: BeforeAnswer

    async def run(self) -> None:
        """Pass the request on, and its answer back.

        Raises:
            UpstreamError: the service is away; the client has seen none of an answer, or a part.
            ConnectionEnded: the client is.
        """
        await self.upstream.begin(self.head)
        upload = asyncio.create_task(self._send_body())
        answer = asyncio.create_task(self._answer())
        try:
            await asyncio.wait({upload, answer}, return_when=asyncio.FIRST_COMPLETED)
            if upload.done():
                with contextlib.suppress(UpstreamError):  # it can have answered before it closed
                    upload.result()
            await answer
        finally:
            upload.cancel()
            answer.cancel()
            await asyncio.gather(upload, answer, return_exceptions=True)

    async def _send_body(self) -> None:
        async for data in self.body:
            await self.upstream.send(h11.Data(data=data))
        await self.upstream.send(h11.EndOfMessage())

    async def _answer(self) -> None:
        while isinstance(head := await self.upstream.head(), h11.InformationalResponse):
            await self.client.ask_for_body()
        own = await self.before_answer(head.status_code)
        if own is not None:
            await self.client.answer(own)
            return
        headers = end_to_end(list(head.headers))
        if not self.client.has_whole_request:
            headers.append((b"connection", b"close"))
        await self.client.send(
            h11.Response(status_code=head.status_code, headers=headers, reason=head.reason)
        )
        async for data in self.upstream.body():
            await self.client.send(h11.Data(data=data))
        await self.client.send(h11.EndOfMessage())
