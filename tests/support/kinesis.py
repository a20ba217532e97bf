"""A Kinesis of a test's own, on a free port, that can be told to misbehave."""

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.asgi import serve_until
from services.free_ports import free_port
from services.kinesis.actions.dispatch import answer
from services.kinesis.app import KinesisApp, Receive, Scope, Send, action_of, respond
from services.kinesis.engine import Engine, EngineOptions
from services.records.kinesis_api import EXPIRED_ITERATOR, INTERNAL_FAILURE, THROTTLED, KinesisError
from services.settings import HOST
from tests.support.polling import eventually

Serve = Callable[[bytes], tuple[int, bytes]]
"""Body of a request → status and body of its answer."""

Fault = Callable[[bytes, Serve], tuple[int, bytes] | None]
"""Answers in the place of the engine, with its help or without; None: the connection breaks, no answer."""


def refuse(type_name: str, message: str = "injected", status: int = 400) -> Fault:
    """The request is refused and nothing is stored."""
    error = KinesisError(type_name, message, status)
    return lambda _body, _serve: (error.status, error.body())


def throttle() -> Fault:
    """The whole request is throttled."""
    return refuse(THROTTLED, "Rate exceeded for shard shardId-000000000000.")


def fail() -> Fault:
    """An internal failure; nothing is stored."""
    return refuse(INTERNAL_FAILURE, "Internal Service Failure", 500)


def expire() -> Fault:
    """The iterator of a GetRecords has expired."""
    return refuse(EXPIRED_ITERATOR, "Iterator expired. The iterator was created at time …")


def lose_answer() -> Fault:
    """The request is carried out, and its answer never arrives."""

    def lost(body: bytes, serve: Serve) -> None:
        serve(body)

    return lost


def lose_request() -> Fault:
    """The connection breaks before anything is carried out."""
    return lambda _body, _serve: None


def fail_entries(*places: int, type_name: str = THROTTLED) -> Fault:
    """The entries of a PutRecords at these places (from 0) are not stored; the others are."""

    def partial(body: bytes, serve: Serve) -> tuple[int, bytes]:
        request = json.loads(body)
        failing = [place for place in places if place < len(request["Records"])]
        kept = [row for place, row in enumerate(request["Records"]) if place not in failing]
        answers: list[Any] = []
        if kept:
            status, told = serve(json.dumps({**request, "Records": kept}).encode())
            if status != 200:
                return status, told
            answers = json.loads(told)["Records"]
        for place in sorted(failing):
            answers.insert(place, {"ErrorCode": type_name, "ErrorMessage": "injected"})
        return 200, json.dumps({"FailedRecordCount": len(failing), "Records": answers}).encode()

    return partial


@dataclass
class KinesisUnderTest:
    """A running Kinesis.

    Attributes:
        port: Where it listens on the loopback.
        engine: Behind it; look at it only while no request is out.
        calls: Actions in the order in which they came.
    """

    port: int
    engine: Engine
    calls: list[str] = field(default_factory=list)
    _faults: list[tuple[str, Fault]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Endpoint for clients."""
        return f"http://{HOST}:{self.port}"

    def inject(self, action: str, fault: Fault, times: int = 1) -> None:
        """Let the next so many requests of an action (`*` for any) go wrong."""
        self._faults += [(action, fault)] * times

    @property
    def pending(self) -> int:
        """Injected faults that no request has met yet."""
        return len(self._faults)

    def take(self, action: str) -> Fault | None:
        """The fault that the next request of this action meets."""
        self.calls.append(action)
        for place, (wanted, fault) in enumerate(self._faults):
            if wanted in {action, "*"}:
                del self._faults[place]
                return fault
        return None


class _App:
    """The app with faults before it."""

    def __init__(self, under_test: KinesisUnderTest, door: "_Door") -> None:
        self._under_test = under_test
        self._door = door
        self._kinesis = KinesisApp(under_test.engine)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["method"] != "POST":
            await self._kinesis(scope, receive, send)
            return
        body = await _whole(receive)
        headers = {name.lower(): value for name, value in scope["headers"]}
        action = headers.get(b"x-amz-target", b"").decode().rpartition(".")[2]
        fault = self._under_test.take(action)
        told = fault(body, lambda b: self._serve(scope, b)) if fault else None
        if fault is None:
            await respond(send, *await self._kinesis.answer(scope, body))
        elif told is None:
            self._door.slam(int(scope["client"][1]))
        else:
            await respond(send, *told)

    def _serve(self, scope: Scope, body: bytes) -> tuple[int, bytes]:
        try:
            return 200, answer(self._under_test.engine, action_of(scope, body), body)
        except KinesisError as error:
            return error.status, error.body()


class _Door:
    """Passes connections on to the server, so that one can be broken without a byte of an answer."""

    def __init__(self, inner_port: int) -> None:
        self._inner_port = inner_port
        self._clients: dict[int, asyncio.StreamWriter] = {}

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection(HOST, self._inner_port)
        port = inner_writer.get_extra_info("sockname")[1]
        self._clients[port] = writer
        await asyncio.gather(_pass(reader, inner_writer), _pass(inner_reader, writer))
        del self._clients[port]

    def slam(self, port: int) -> None:
        """Break the connection that reaches the server from this port."""
        self._clients[port].transport.abort()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while chunk := await reader.read(256 * 1024):
            writer.write(chunk)
            await writer.drain()
    writer.close()


async def _whole(receive: Receive) -> bytes:
    body: bytes = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return body


@contextlib.contextmanager
def kinesis_under_test(
    folder: Path, options: EngineOptions | None = None, port: int = 0
) -> Iterator[KinesisUnderTest]:
    """Run a Kinesis in a thread of this process; a second run on the same folder goes on with its data."""
    engine = Engine(folder, options)
    under_test = KinesisUnderTest(port or free_port(), engine)
    loop = asyncio.new_event_loop()
    stopped = asyncio.Event()
    thread = threading.Thread(
        target=lambda: loop.run_until_complete(_serve(under_test, stopped)),
        name="kinesis under test",
    )
    thread.start()
    try:
        eventually("Kinesis to listen", lambda: listens(under_test.port) or not thread.is_alive())
        yield under_test
    finally:
        loop.call_soon_threadsafe(stopped.set)
        thread.join(10)
        loop.close()
        engine.close()


async def _serve(under_test: KinesisUnderTest, stopped: asyncio.Event) -> None:
    inner_port = free_port()
    door = _Door(inner_port)
    app = asyncio.create_task(serve_until(stopped, _App(under_test, door), HOST, inner_port))
    while not listens(inner_port) and not app.done():
        await asyncio.sleep(0.01)
    async with await asyncio.start_server(door, HOST, under_test.port):
        await app


def listens(port: int) -> bool:
    """Whether somebody takes connections there."""
    with contextlib.suppress(OSError), socket.create_connection((HOST, port), 1):
        return True
    return False
