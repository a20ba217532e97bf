"""Kinesis' requests that came whole: checked as those of HTTP/1 are, passed on, and answered whole."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import h11

from services.aws_gate.admission import REFUSALS, refusal_of, refused
from services.aws_gate.errors import Answer, error
from services.aws_gate.http2.streams import IncomingRequest
from services.aws_gate.request_head import RequestHead
from services.aws_gate.routing import Service, route
from services.aws_gate.signature import Keys, claim, require_body_signed, require_known
from services.aws_gate.upstream import Address, Upstream
from services.http_guard import Allowed


@dataclass
class WholeRequests:
    """Serves one client's requests; its connections to Kinesis are kept for the next ones."""

    kinesis: Address
    keys: Keys
    allowed: Allowed
    _idle: list[Upstream] = field(default_factory=list)

    async def answer(self, request: IncomingRequest) -> Answer:
        """Check one request, and let Kinesis answer it.

        Raises:
            UpstreamError: Kinesis is away.
        """
        head, body = request.head, bytes(request.body)
        try:
            if own := self._refusal(head, body):
                return own
        except REFUSALS as problem:
            return refusal_of(head, problem)
        async with self._upstream() as upstream:
            return await _exchange(upstream, head, body)

    def close(self) -> None:
        for upstream in self._idle:
            upstream.close()

    def _refusal(self, head: RequestHead, body: bytes) -> Answer | None:
        if own := refused(head, self.allowed):
            return own
        signed = claim(head)
        if route(head, signed) is Service.S3:
            return _s3_refused(head)
        known = require_known(signed, self.keys, datetime.now(UTC))
        require_body_signed(head, known, self.keys, body)
        return None

    @asynccontextmanager
    async def _upstream(self) -> AsyncIterator[Upstream]:
        """A connection that nobody else uses; one that is not left whole is closed."""
        upstream = self._idle.pop() if self._idle else None
        if upstream is None or not upstream.is_reusable:
            if upstream is not None:
                upstream.close()
            upstream = await Upstream.connect(self.kinesis)
        try:
            yield upstream
        finally:
            if upstream.is_reusable:
                self._idle.append(upstream)
            else:
                upstream.close()


async def _exchange(upstream: Upstream, head: RequestHead, body: bytes) -> Answer:
    kept = [(name, value) for name, value in head.headers if name not in _LENGTHS]
    headers = [*kept, (b"content-length", str(len(body)).encode("ascii"))]
    await upstream.begin(RequestHead(head.method, head.target, headers))
    if body:
        await upstream.send(h11.Data(data=body))
    await upstream.send(h11.EndOfMessage())
    while isinstance(answered := await upstream.head(), h11.InformationalResponse):
        pass
    content_type = dict(answered.headers).get(b"content-type", b"application/octet-stream")
    whole = bytearray()
    async for data in upstream.body():
        whole += data
    return Answer(answered.status_code, content_type.decode("latin-1"), bytes(whole))


_LENGTHS = {b"content-length", b"transfer-encoding", b"expect"}


def _s3_refused(head: RequestHead) -> Answer:
    """S3's clients speak HTTP/1.1 of themselves; large objects are never held whole."""
    return error(
        head, 400, "InvalidRequest", "S3 is served by HTTP/1.1 here, HTTP/2 is for Kinesis."
    )
