"""An HTTP server that speaks the gateway's contract, and breaks it on demand."""

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Value = dict[str, Any]


class Call(BaseHTTPRequestHandler):
    """One request; a misbehaviour decides what becomes of it."""

    protocol_version = "HTTP/1.1"
    server: "StubGateway"

    def do_GET(self) -> None:
        """Something is there."""
        self.answer(200, {})

    def do_POST(self) -> None:
        """Store the records, or misbehave."""
        length = int(self.headers["Content-Length"])
        self.records = json.loads(self.rfile.read(length))["records"]
        self.topic = self.path.rpartition("/")[2]
        self.server.next_behaviour()(self)

    def store(self, some: slice = slice(None)) -> list[Value]:
        """Store these records and return all entries; the others failed because the queue is full."""
        stored = set(range(len(self.records))[some])
        return [
            self.server.append(self.topic, record["value"])
            if number in stored
            else {"partition": None, "offset": None, "error_code": 50302, "error": "queue full"}
            for number, record in enumerate(self.records)
        ]

    def answer(self, status: int, body: object, **headers: str) -> None:
        """Answer with JSON, or with text as it is."""
        content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def reset(self) -> None:
        """End the connection as a crash does, with a reset instead of an answer."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True
        self.connection.close()
        self.rfile = self.wfile = _Nothing()  # type: ignore[assignment]

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  http.server's name
        """Keep quiet."""


class _Nothing:
    """A closed connection's files."""

    closed = True

    def flush(self) -> None:
        """Nothing to flush."""

    def close(self) -> None:
        """Nothing to close."""


Behaviour = Callable[[Call], None]


class StubGateway(ThreadingHTTPServer):
    """Misbehaves by its script, then works; keeps what it stored."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Call)
        self.script: list[Behaviour] = []
        self.otherwise: Behaviour = work
        self.log: dict[str, list[Value]] = {}
        self.lock = threading.Lock()
        self.served = 0
        self.ending = threading.Event()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def next_behaviour(self) -> Behaviour:
        """What happens to the next request."""
        with self.lock:
            self.served += 1
            return self.script.pop(0) if self.script else self.otherwise

    def append(self, topic: str, value: Value) -> Value:
        """Store a record and return its entry."""
        with self.lock:
            log = self.log.setdefault(topic, [])
            log.append(value)
            return {"partition": 0, "offset": len(log) - 1, "error_code": None, "error": None}

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is expected here."""


def work(call: Call) -> None:
    """Store all and say so."""
    call.answer(200, {"offsets": call.store(), "key_schema_id": None, "value_schema_id": None})


def half(call: Call) -> None:
    """Store every other record; there is no room for the rest."""
    entries = call.store(slice(None, None, 2))
    body = {"offsets": entries, "error_code": 50302, "message": "queue full"}
    full = any(entry["error_code"] for entry in entries)
    call.answer(503 if full else 200, body)


def busy(call: Call) -> None:
    """Store nothing and ask to come again."""
    call.answer(503, {"error_code": 50302, "message": "busy"}, Retry_After="0")


def too_many(call: Call) -> None:
    """Store nothing; the client is too fast."""
    call.answer(429, {"error_code": 429, "message": "slow down"}, Retry_After="nonsense")


def crash_before(call: Call) -> None:
    """Store nothing and reset the connection."""
    call.reset()


def crash_after(call: Call) -> None:
    """Store all and reset the connection: nobody learns of it."""
    call.store()
    call.reset()


def stall(call: Call) -> None:
    """Store all, begin to answer, and say no more."""
    call.store()
    call.send_response(200)
    call.send_header("Content-Length", "100")
    call.end_headers()
    call.wfile.write(b'{"offsets":[')
    call.close_connection = True


def bad_gateway(call: Call) -> None:
    """A proxy in front lost the answer."""
    call.store()
    call.answer(502, "<h1>\x1b[31m[bold]Bad gateway</h1>")


def refuse(call: Call) -> None:
    """Store nothing; the request is wrong."""
    call.answer(415, {"error_code": 415, "message": "HTTP 415 Unsupported [/Media] Type"})


def pretend(call: Call) -> None:
    """Answer as if all were well, without a word about offsets."""
    call.answer(200, "<html>Welcome</html>")


def hang(call: Call) -> None:
    """Never answer, until the stub ends."""
    call.server.ending.wait()
    call.reset()


@contextmanager
def stub_gateway() -> Iterator[StubGateway]:
    """A stub that serves until the end of the block."""
    with StubGateway() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.ending.set()
            server.shutdown()
            thread.join()
