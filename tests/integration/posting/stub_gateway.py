"""An HTTP server that speaks the gateway's contract, and breaks it on demand."""

import hashlib
import json
import secrets
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from services.records.layer import Layer
from services.tables import TABLES, Table

Value = dict[str, Any]
THROTTLED = "ProvisionedThroughputExceededException"
SHARDS = ("shardId-000000000000", "shardId-000000000001")


class TopicShape:
    """The REST proxy's words."""

    def stored(self, number: int, _: str) -> Value:
        """A record is in the log."""
        return {"partition": 0, "offset": number, "error_code": None, "error": None}

    def no_room(self) -> Value:
        """A record is not, for now."""
        return {"partition": None, "offset": None, "error_code": 50302, "error": "queue full"}

    def answer(self, entries: list[Value]) -> tuple[int, Value]:
        """Status and body of a whole answer."""
        body: Value = {"offsets": entries, "key_schema_id": None, "value_schema_id": None}
        if any(entry["error_code"] for entry in entries):
            return 503, {**body, "error_code": 50302, "message": "queue full"}
        return 200, body


class StreamShape:
    """Kinesis' words, for PutRecord and PutRecords; two shards."""

    def __init__(self, *, single: bool) -> None:
        self.single = single

    def stored(self, number: int, key: str) -> Value:
        """A record is in the stream; the first bit of its key's hash chooses the shard."""
        shard = SHARDS[hashlib.md5(key.encode(), usedforsecurity=False).digest()[0] >> 7]
        return {"ShardId": shard, "SequenceNumber": str(10**55 + number)}

    def no_room(self) -> Value:
        """A record is not, for now."""
        return {"ErrorCode": THROTTLED, "ErrorMessage": "Rate exceeded for shard"}

    def answer(self, entries: list[Value]) -> tuple[int, Value]:
        """Status and body of a whole answer."""
        failed = sum("ErrorCode" in entry for entry in entries)
        if not self.single:
            return 200, {"FailedRecordCount": failed, "Records": entries}
        return (400, {"__type": THROTTLED, "message": "slow down"}) if failed else (200, entries[0])


class Call(BaseHTTPRequestHandler):
    """One request; a misbehaviour decides what becomes of it."""

    protocol_version = "HTTP/1.1"
    server: "StubGateway"
    shape: TopicShape | StreamShape
    records: list[tuple[Value, str]]
    log: str

    def do_GET(self) -> None:
        """Whether what is behind can be reached."""
        layer = Layer.SPEED if "streams" in self.path else Layer.BATCH
        self.answer(*self.server.reached[layer])

    def do_POST(self) -> None:
        """Put the records into a topic, or misbehave."""
        self.shape = TopicShape()
        self.records = [(record["value"], "") for record in self.content()["records"]]
        self.log = self.path.split("/")[-1]
        self.server.next_behaviour(Layer.BATCH)(self)

    def do_PUT(self) -> None:
        """Put the records into a stream, or misbehave."""
        content, route = self.content(), self.path.split("/")[-1]
        self.log = self.path.split("/")[-2]
        self.shape = StreamShape(single=route == "record")
        if route == "record":
            self.records = [(content["Data"], content["PartitionKey"])]
        else:
            self.records = [(each["data"], each["partition-key"]) for each in content["records"]]
        self.server.next_behaviour(Layer.SPEED)(self)

    def content(self) -> Value:
        """The request's body."""
        content: Value = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return content

    def store(self, some: slice = slice(None)) -> list[Value]:
        """Store these records and return all entries; for the others there is no room."""
        stored = set(range(len(self.records))[some])
        return [
            self.server.append(self, *record) if number in stored else self.shape.no_room()
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
        self.user_id = secrets.token_hex(6)
        self.scripts: dict[Layer, list[Behaviour]] = {layer: [] for layer in Layer}
        self.otherwise: dict[Layer, Behaviour] = dict.fromkeys(Layer, work)
        self.reached: dict[Layer, tuple[int, Value]] = {layer: (200, {}) for layer in Layer}
        self.log: dict[str, list[Value]] = {}
        self.entries: dict[str, list[Value]] = {}
        self.lock = threading.Lock()
        self.served = 0
        self.ending = threading.Event()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def next_behaviour(self, layer: Layer) -> Behaviour:
        """What happens to the next request."""
        with self.lock:
            self.served += 1
            script = self.scripts[layer]
            return script.pop(0) if script else self.otherwise[layer]

    def append(self, call: Call, value: Value, key: str) -> Value:
        """Store a record and return its entry."""
        with self.lock:
            log = self.log.setdefault(call.log, [])
            log.append(value)
            entry = call.shape.stored(len(log) - 1, key)
            self.entries.setdefault(call.log, []).append(entry)
            return entry

    def stored(self, layer: Layer) -> Counter[tuple[str, int]]:
        """How often each record is in a topic or stream, by table and key."""
        return Counter(
            (table.name, value[table.key])
            for table in TABLES
            for value in self.log.get(log_name(layer, table, self.user_id), [])
        )

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is expected here."""


def log_name(layer: Layer, table: Table, user_id: str) -> str:
    """Where the records of a table go."""
    return table.topic(user_id) if layer is Layer.BATCH else table.stream(user_id)


def work(call: Call) -> None:
    """Store all and say so."""
    call.answer(*call.shape.answer(call.store()))


def half(call: Call) -> None:
    """Store every other record; there is no room for the rest."""
    call.answer(*call.shape.answer(call.store(slice(None, None, 2))))


def none(call: Call) -> None:
    """There is room for none, and each record's entry says so."""
    call.answer(*call.shape.answer(call.store(slice(0))))


def busy(call: Call) -> None:
    """Store nothing and ask to come again."""
    call.answer(503, {"error_code": 50302, "message": "busy"}, Retry_After="0")


def too_many(call: Call) -> None:
    """Store nothing; the client is too fast."""
    call.answer(429, {"error_code": 429, "message": "slow down"}, Retry_After="nonsense")


def throttle(call: Call) -> None:
    """Store nothing; the shard takes no more for now."""
    call.answer(400, {"__type": THROTTLED, "message": "Rate exceeded for shard"})


def fail(call: Call) -> None:
    """Store all, and break before saying so."""
    call.store()
    call.answer(500, {"__type": "InternalFailure", "message": "Internal Service Failure"})


def time_out(call: Call) -> None:
    """Store all, but too late for whoever waited."""
    call.store()
    call.answer(504, {"message": "Endpoint request timed out"})


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
