"""The gate: one decision for each request, however many come on one connection."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import h11

from services.aws_gate.admission import REFUSALS, refusal_of, refused
from services.aws_gate.client_connection import (
    CHUNK,
    IDLE_SECONDS,
    ClientConnection,
    ConnectionEnded,
)
from services.aws_gate.emulated_s3 import EmulatedS3
from services.aws_gate.errors import Answer, error
from services.aws_gate.http2.kinesis_requests import WholeRequests
from services.aws_gate.http2.preface import first_bytes, is_http2
from services.aws_gate.http2.session import Http2Session
from services.aws_gate.large_uploads import checked, is_large, signed_anew
from services.aws_gate.multi_delete import is_multi_delete
from services.aws_gate.relay import Exchange
from services.aws_gate.request_head import RequestHead
from services.aws_gate.routing import Service, route
from services.aws_gate.s3_requests import S3Requests
from services.aws_gate.signature import (
    Claim,
    Keys,
    SignatureError,
    claim,
    require_body_signed,
    require_known,
)
from services.aws_gate.upstream import Address, Upstream, UpstreamError
from services.http_guard import Allowed

log = logging.getLogger(__name__)

WHOLE_BODY_BYTES = 16 * 1024 * 1024
"""PutRecords takes 10 MiB of records, which base64 makes a third longer."""

_HEALTHY = Answer(200, "application/json", b'{"status": "ok"}')


@dataclass(frozen=True)
class Backends:
    """Where the two services are."""

    s3: Address
    kinesis: Address

    def __getitem__(self, service: Service) -> Address:
        return self.s3 if service is Service.S3 else self.kinesis


@dataclass
class Gate:
    """Serves connections (`asyncio.start_server`'s callback is `serve`)."""

    backends: Backends
    keys: Keys
    allowed: Allowed
    s3: S3Requests | EmulatedS3
    _connections: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(ConnectionEnded, OSError, asyncio.CancelledError):
                received = await first_bytes(reader, CHUNK, IDLE_SECONDS)
                if is_http2(received):
                    await self._serve_http2(reader, writer, received)
                else:
                    await self._serve_http1(ClientConnection(reader, writer, received))
        finally:
            with contextlib.suppress(OSError):
                writer.close()

    async def _serve_http1(self, client: ClientConnection) -> None:
        session = _Session(self, client)
        try:
            await session.run()
        finally:
            session.close()

    async def _serve_http2(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, received: bytes
    ) -> None:
        kinesis = WholeRequests(self.backends[Service.KINESIS], self.keys, self.allowed)
        try:
            await Http2Session(reader, writer, kinesis.answer, WHOLE_BODY_BYTES).run(received)
        finally:
            kinesis.close()


class _Session:
    """One client's connection, and its own connections to the services."""

    def __init__(self, gate: Gate, client: ClientConnection) -> None:
        self._gate = gate
        self._client = client
        self._upstreams: dict[Service, Upstream] = {}

    async def run(self) -> None:
        try:
            while (head := await self._client.next_request()) is not None:
                await self._answer(head)
                if not self._client.is_reusable:
                    await self._client.drain()
                    return
        except h11.RemoteProtocolError as problem:
            with contextlib.suppress(h11.LocalProtocolError):
                await self._client.answer(_unreadable(str(problem)))
            await self._client.drain()
        except UpstreamError as problem:
            log.warning("%s; the client's connection is closed", problem)

    def close(self) -> None:
        for upstream in self._upstreams.values():
            upstream.close()

    async def _answer(self, head: RequestHead) -> None:
        try:
            await self._decide(head)
        except REFUSALS as problem:
            await self._client.answer(refusal_of(head, problem))

    async def _decide(self, head: RequestHead) -> None:
        if own := refused(head, self._gate.allowed):
            await self._client.answer(own)
            return
        signed = claim(head)
        service = route(head, signed)
        if service is Service.KINESIS:
            await self._pass_on(service, head, await self._kinesis_body(head, signed))
        elif own := _HEALTHY if _is_health(head) else await self._gate.s3.own_answer(head, signed):
            if not own.close:
                await self._client.skip_body()
            await self._client.answer(own)
        elif is_multi_delete(head):
            keys = await self._whole_body()
            self._gate.s3.require_deletable(keys)
            await self._pass_on(service, head, _once(keys))
        elif is_large(head, signed):
            anew = signed_anew(head, signed, self._gate.keys)
            body = checked(self._client.body(), head.header("x-amz-content-sha256"))
            await self._pass_on(service, anew, body)
        else:
            await self._pass_on(service, head, self._client.body())

    async def _kinesis_body(self, head: RequestHead, signed: Claim | None) -> AsyncIterator[bytes]:
        """The whole body, once its signature has been checked."""
        known = require_known(signed, self._gate.keys, datetime.now(UTC))
        body = await self._whole_body()
        require_body_signed(head, known, self._gate.keys, body)
        return _once(body)

    async def _whole_body(self) -> bytes:
        """The body of a request that is looked at as a whole.

        Raises:
            SignatureError: it is longer than any such request may be.
        """
        await self._client.ask_for_body()
        body = bytearray()
        async for data in self._client.body():
            body += data
            if len(body) > WHOLE_BODY_BYTES:
                raise SignatureError("RequestEntityTooLarge", "This request has 16 MiB at most.")
        return bytes(body)

    async def _pass_on(
        self, service: Service, head: RequestHead, body: AsyncIterator[bytes]
    ) -> None:
        upstream = await self._upstream(service)
        before_answer = self._gate.s3.before_answer(head) if service is Service.S3 else _nothing
        with self._gate.s3.in_flight(head):
            await Exchange(self._client, upstream, head, body, before_answer).run()

    async def _upstream(self, service: Service) -> Upstream:
        upstream = self._upstreams.get(service)
        if upstream is None or not upstream.is_reusable:
            if upstream is not None:
                upstream.close()
            upstream = await Upstream.connect(self._gate.backends[service])
            self._upstreams[service] = upstream
        return upstream


def _unreadable(text: str) -> Answer:
    """For what is not even a request."""
    head = RequestHead("GET", "/", [])
    return error(head, 400, "InvalidRequest", text)


def _is_health(head: RequestHead) -> bool:
    """Of a probe, which signs nothing; a signed request means a bucket of that name."""
    return head.path == "/health" and not head.header("authorization") and not head.raw_query


async def _once(body: bytes) -> AsyncIterator[bytes]:
    if body:
        yield body


async def _nothing(_status: int) -> Answer | None:
    return None
