"""Streams that a script puts to and that nobody has made: in the course they existed already."""

import asyncio
from urllib.parse import quote

import msgspec

from services.records.attempt import FailedAttempt
from services.records.kinesis_api import NOT_FOUND, stream_name_faults
from services.reroute.forward import Forwarder, GatewayRequest, GatewayResponse
from services.settings import Settings
from services.terminal import Console
from services.terminal_text import one_line

READY_SECONDS = 15.0
POLL_SECONDS = 0.1
_SUCCESS, _ERRORS = 200, 300
_WRITABLE = {"ACTIVE", "UPDATING"}


class _Answer(msgspec.Struct):
    kind: str = msgspec.field(name="__type", default="")
    records: list[dict[str, object]] = msgspec.field(name="Records", default_factory=list)


class _Status(msgspec.Struct):
    status: str = msgspec.field(name="StreamStatus", default="")


class _Description(msgspec.Struct):
    description: _Status = msgspec.field(name="StreamDescription", default_factory=_Status)


class MissingStreams:
    """Makes a stream when its first record finds none, through the gateway; used by one event loop."""

    def __init__(self, settings: Settings, forwarder: Forwarder) -> None:
        self._path = f"/{settings.gateway_stage}/streams"
        self._shards = settings.stream_shards
        self._forwarder = forwarder
        self._locks: dict[str, asyncio.Lock] = {}

    async def make(self, name: str) -> bool:
        """Make a stream and say so; False when it cannot be made."""
        if stream_name_faults(name):
            return False
        async with self._locks.setdefault(name, asyncio.Lock()):
            if await self._is_ready(name):
                return True
            body = msgspec.json.encode({"ShardCount": self._shards})
            answer = await self._ask("POST", name, body)
            if answer is None or not await self._becomes_ready(name):
                return False
            if answer.status < _ERRORS:
                say_made(name)
            return True

    async def _becomes_ready(self, name: str) -> bool:
        deadline = asyncio.get_running_loop().time() + READY_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            if await self._is_ready(name):
                return True
            await asyncio.sleep(POLL_SECONDS)
        return False

    async def _is_ready(self, name: str) -> bool:
        answer = await self._ask("GET", name, b"")
        if answer is None or answer.status != _SUCCESS:
            return False
        try:
            found = msgspec.json.decode(answer.body, type=_Description)
        except msgspec.MsgspecError:
            return False
        return found.description.status in _WRITABLE

    async def _ask(self, method: str, name: str, body: bytes) -> GatewayResponse | None:
        headers = [("content-type", "application/json")]
        request = GatewayRequest(method, f"{self._path}/{quote(name)}", headers, body)
        answer = await self._forwarder.send(request)
        return None if isinstance(answer, FailedAttempt) else answer


def found_no_stream(answer: GatewayResponse | FailedAttempt) -> bool:
    """Whether a put was refused, as a whole, because there is no such stream."""
    if isinstance(answer, FailedAttempt):
        return False
    try:
        found = msgspec.json.decode(answer.body, type=_Answer)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    if found.kind:
        return found.kind == NOT_FOUND
    return bool(found.records) and all(one.get("ErrorCode") == NOT_FOUND for one in found.records)


def say_made(name: str) -> None:
    Console(stderr=True).print(
        f"pincloud: made the stream {one_line(name)}, which did not exist.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
