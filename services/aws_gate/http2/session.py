"""One client's HTTP/2 connection: its requests are served side by side, each with a connection of its own behind."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions
import h2.settings

from services.aws_gate.client_connection import (
    CHUNK,
    HEAD_BYTES,
    IDLE_SECONDS,
    STALL_SECONDS,
    ConnectionEnded,
)
from services.aws_gate.errors import Answer
from services.aws_gate.http2.streams import IncomingRequest, IncomingRequests, TooMuchError
from services.aws_gate.request_head import RequestHead
from services.aws_gate.upstream import UpstreamError

MAX_STREAMS = 128
"""Requests at once on one connection; clients take a hundred for granted until they have read ours."""

_SERVED_AT_ONCE = 32
"""Of them; each has a connection to Kinesis."""

_WINDOW_BYTES = 1024 * 1024
_TOTAL_BYTES = 64 * 1024 * 1024

AnswerRequest = Callable[[IncomingRequest], Awaitable[Answer]]
"""Serves one whole request.

Raises UpstreamError when the service behind is away.
"""


class Http2Session:
    """Reads one connection's frames and answers its requests.

    `request_bytes` is the length of a request's body at most.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        answer: AnswerRequest,
        request_bytes: int,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._answer_request = answer
        config = h2.config.H2Configuration(client_side=False, header_encoding=None)
        self._http = h2.connection.H2Connection(config)
        self._incoming = IncomingRequests(request_bytes, _TOTAL_BYTES)
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._window_opened = asyncio.Condition()
        self._serving = asyncio.Semaphore(_SERVED_AT_ONCE)

    async def run(self, received: bytes) -> None:
        """Serve until the client goes, breaks the protocol, or is silent for too long."""
        try:
            self._begin()
            while received:
                for event in self._http.receive_data(received):
                    await self._handle(event)
                await self._flush()
                received = await self._receive()
        except h2.exceptions.ProtocolError:
            pass  # the frame that says so is among the data to send
        finally:
            await self._end()

    def _begin(self) -> None:
        codes = h2.settings.SettingCodes
        self._http.local_settings = h2.settings.Settings(
            client=False,
            initial_values={
                codes.MAX_CONCURRENT_STREAMS: MAX_STREAMS,
                codes.INITIAL_WINDOW_SIZE: _WINDOW_BYTES,
                codes.MAX_HEADER_LIST_SIZE: HEAD_BYTES,
            },
        )
        self._http.initiate_connection()
        self._http.increment_flow_control_window(_WINDOW_BYTES)

    async def _receive(self) -> bytes:
        """The next bytes; none when the client has gone, or is silent for too long."""
        while True:
            seconds = STALL_SECONDS if len(self._incoming) else IDLE_SECONDS
            try:
                async with asyncio.timeout(seconds):
                    return await self._reader.read(CHUNK)
            except TimeoutError:
                if not self._tasks:
                    return b""

    async def _handle(self, event: h2.events.Event) -> None:
        match event:
            case h2.events.RequestReceived(stream_id=int(stream), headers=list(fields)):
                self._incoming.begin(stream, [(bytes(n), bytes(v)) for n, v in fields])
            case h2.events.DataReceived(stream_id=int(stream), data=bytes(data)):
                self._take_data(stream, data, event.flow_controlled_length or 0)
            case h2.events.StreamEnded(stream_id=int(stream)):
                self._serve(stream)
            case h2.events.StreamReset(stream_id=int(stream)):
                self._forget(stream)
            case h2.events.WindowUpdated() | h2.events.RemoteSettingsChanged():
                async with self._window_opened:
                    self._window_opened.notify_all()
            case h2.events.ConnectionTerminated():
                raise ConnectionEnded

    def _take_data(self, stream: int, data: bytes, counted: int) -> None:
        self._http.acknowledge_received_data(counted, stream)
        try:
            self._incoming.add(stream, data)
        except TooMuchError:
            self._http.reset_stream(stream, h2.errors.ErrorCodes.ENHANCE_YOUR_CALM)

    def _serve(self, stream: int) -> None:
        request = self._incoming.take(stream)
        if request is None:
            return
        if len(self._tasks) >= MAX_STREAMS:
            self._http.reset_stream(stream, h2.errors.ErrorCodes.REFUSED_STREAM)
            return
        task = asyncio.create_task(self._answer(stream, request))
        self._tasks[stream] = task
        task.add_done_callback(lambda _: self._tasks.pop(stream, None))

    def _forget(self, stream: int) -> None:
        self._incoming.take(stream)
        if task := self._tasks.get(stream):
            task.cancel()

    async def _answer(self, stream: int, request: IncomingRequest) -> None:
        try:
            async with self._serving:
                answer = await self._answer_request(request)
            await self._send(stream, request.head, answer)
        except (UpstreamError, TimeoutError):
            with contextlib.suppress(h2.exceptions.ProtocolError, OSError):
                self._http.reset_stream(stream, h2.errors.ErrorCodes.INTERNAL_ERROR)
                await self._flush()
        except (h2.exceptions.ProtocolError, OSError):
            return  # the client has given the request up, or has gone

    async def _send(self, stream: int, head: RequestHead, answer: Answer) -> None:
        body = b"" if head.method == "HEAD" else answer.body
        self._http.send_headers(
            stream,
            [
                (b":status", str(answer.status).encode("ascii")),
                (b"content-type", answer.content_type.encode("ascii")),
                (b"content-length", str(len(answer.body)).encode("ascii")),
            ],
            end_stream=not body,
        )
        while body:
            room = await self._room(stream)
            piece, body = body[:room], body[room:]
            self._http.send_data(stream, piece, end_stream=not body)
            await self._flush()
        await self._flush()

    async def _room(self, stream: int) -> int:
        """Bytes that the client takes now; waits until there are some.

        Raises:
            TimeoutError: it takes none for too long.
        """
        async with asyncio.timeout(STALL_SECONDS), self._window_opened:
            while not (window := self._http.local_flow_control_window(stream)) > 0:
                await self._window_opened.wait()
        return min(window, self._http.max_outbound_frame_size)

    async def _flush(self) -> None:
        if data := self._http.data_to_send():
            self._writer.write(data)
            async with asyncio.timeout(STALL_SECONDS):
                await self._writer.drain()

    async def _end(self) -> None:
        """Say goodbye, so that the client knows which requests were not looked at."""
        for task in list(self._tasks.values()):
            task.cancel()
        with contextlib.suppress(h2.exceptions.ProtocolError, OSError, TimeoutError):
            self._http.close_connection()
            await self._flush()
