"""Both destinations over a real socket: what is sent where, and what no answer means."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from services.posting.destinations.destination import DestinationError, requests
from services.posting.destinations.gateway_client import GatewayClient
from services.posting.destinations.kafka_rest import KafkaRestDestination
from services.posting.destinations.kinesis_proxy import KinesisProxyDestination
from services.posting.routes import check_destinations
from services.records.attempt import FailedAttempt, StoredInStream
from services.records.http_response import HttpResponse
from services.records.layer import Layer
from services.records.record import Record
from services.settings import Settings
from services.tables import GEO, PIN

PLACE = {"ShardId": "shardId-000000000000", "SequenceNumber": "1"}
MIB = 1024 * 1024
BIG = 12345678901234567890123


class Echo(BaseHTTPRequestHandler):
    """Keeps the request and answers as its server was told."""

    server: "Server"

    def answer(self) -> None:
        """Any method."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append((self.command, self.path, self.headers["Content-Type"], body))
        status, content, headers = self.server.answers.get(self.path, (200, self.server.body, {}))
        self.send_response(status)
        data = json.dumps(content).encode()
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_PUT = do_POST = answer

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  http.server's name
        """Keep quiet."""


class Server(HTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Echo)
        self.seen: list[tuple[str, str, str, bytes]] = []
        self.body: Any = {}
        self.answers: dict[str, tuple[int, Any, dict[str, str]]] = {}

    @property
    def settings(self) -> Settings:
        url = f"http://127.0.0.1:{self.server_address[1]}/"
        return Settings(user_id="0a1b2c3d4e5f", gateway_url=url, gateway_stage="test")


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that answers 200 unless told otherwise."""
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def nowhere() -> Iterator[Settings]:
    """A gateway's port that is bound, and does not listen."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield Settings(gateway_url=f"http://127.0.0.1:{taken.getsockname()[1]}")


def record(ind: int) -> Record:
    """A row whose text must arrive as it is."""
    return Record(PIN, ind, b'{"index":%d,"big":%d,"title":"\xf0\x9f\x98\x80"}' % (ind, BIG))


def test_a_single_record_takes_the_courses_own_route(server: Server) -> None:
    """`PUT /{stage}/streams/{stream}/record`, keyed by the row, digits and emoji kept."""
    server.body = PLACE
    with KinesisProxyDestination(server.settings) as kinesis:
        (stored,) = kinesis.send([record(7528)], 5)
    assert stored == StoredInStream(PLACE["ShardId"], "1")
    ((method, path, kind, body),) = server.seen
    name = "streaming-0a1b2c3d4e5f-pin"
    assert (method, path, kind) == ("PUT", f"/test/streams/{name}/record", "application/json")
    data = {"index": 7528, "big": BIG, "title": "😀"}
    assert json.loads(body) == {"StreamName": name, "Data": data, "PartitionKey": "7528"}


def test_several_records_travel_in_one_request(server: Server) -> None:
    """`PUT …/records` in the words of AWS's tutorial, a key for each."""
    server.body = {"FailedRecordCount": 0, "Records": [PLACE, PLACE]}
    with KinesisProxyDestination(server.settings) as kinesis:
        kinesis.send([record(1), record(2)], 5)
    ((method, path, _, body),) = server.seen
    assert (method, path) == ("PUT", "/test/streams/streaming-0a1b2c3d4e5f-pin/records")
    entries = json.loads(body)["records"]
    assert [entry["partition-key"] for entry in entries] == ["1", "2"]
    assert entries[0]["data"] == {"index": 1, "big": BIG, "title": "😀"}


def test_what_kinesis_cannot_take_has_no_neighbours() -> None:
    """Kinesis refuses all records of a request for one of more than 1 MiB."""
    with KinesisProxyDestination(Settings()) as kinesis:
        limits = kinesis.most_records, kinesis.most_bytes
    rows = [Record(PIN, ind, b"x" * size) for ind, size in enumerate((700, MIB, 700, 700))]
    assert [[row.ind for row in request] for request in requests(rows, *limits)] == [
        [0],
        [1],
        [2, 3],
    ]


def test_kafka_and_kinesis_name_what_they_feed() -> None:
    """A topic and a stream of the same table."""
    settings = Settings(user_id="0a1b2c3d4e5f")
    with KafkaRestDestination(settings) as kafka, KinesisProxyDestination(settings) as kinesis:
        assert (kafka.layer, kafka.name(GEO)) == (Layer.BATCH, "0a1b2c3d4e5f.geo")
        assert (kinesis.layer, kinesis.name(GEO)) == (Layer.SPEED, "streaming-0a1b2c3d4e5f-geo")


@pytest.mark.parametrize(
    ("headers", "retry_after", "wait"),
    [
        ({}, None, 0),
        ({"Retry-After": "0"}, 0, 0),
        ({"Retry-After": "2"}, 2, 2),
        ({"Retry-After": "nonsense"}, 0, 0),
        ({"Retry-After": "-3"}, 0, 0),
    ],
)
def test_a_reply_tells_whether_and_how_long_to_wait(
    server: Server, headers: dict[str, str], retry_after: float | None, wait: float
) -> None:
    """Not to ask for a wait is not the same as to ask for none."""
    server.answers["/test/x"] = (503, {}, headers)
    with closing(GatewayClient(server.settings)) as gateway:
        reply = gateway.send("PUT", "x", b"{}", "application/json", 5)
    assert isinstance(reply, HttpResponse)
    assert (reply.retry_after, reply.wait) == (retry_after, wait)


def test_a_refused_connection_certainly_stored_nothing(nowhere: Settings) -> None:
    """It is worth another try."""
    with KinesisProxyDestination(nowhere) as kinesis:
        attempts = kinesis.send([record(1), record(2)], 5)
    for attempt in attempts:
        assert isinstance(attempt, FailedAttempt)
        assert (attempt.certain, attempt.retriable) == (True, True)
        assert attempt.cause == "no answer: connection refused"


@pytest.mark.parametrize("status", [200, 403, 404])
def test_whatever_the_gateway_answers_it_is_there(server: Server, status: int) -> None:
    """An API of the user's own need not list its streams."""
    server.answers = {f"/test/{path}": (status, {}, {}) for path in ("streams", "topics")}
    check_destinations(server.settings, tuple(Layer))
    assert [path for _, path, _, _ in server.seen] == ["/test/topics", "/test/streams"]


def test_what_cannot_be_reached_is_named_with_the_way_around_it(server: Server) -> None:
    """The gateway's own words are quoted."""
    server.answers["/test/streams"] = (503, {"message": "Kinesis is away"}, {})
    with pytest.raises(DestinationError) as error:
        check_destinations(server.settings, tuple(Layer))
    text = str(error.value)
    assert "does not reach Kinesis (HTTP 503" in text
    assert "Kinesis is away" in text
    assert "To post to Kafka only: `make emulate LAYER=batch`" in text


def test_one_layer_alone_is_not_told_to_leave_itself_out(server: Server) -> None:
    """There is no other to post to."""
    server.answers["/test/streams"] = (503, {}, {})
    with pytest.raises(DestinationError) as error:
        check_destinations(server.settings, [Layer.SPEED])
    assert "LAYER=" not in str(error.value)


def test_a_gateway_that_is_away_is_said_once(nowhere: Settings) -> None:
    """Both layers lack the same thing."""
    with pytest.raises(DestinationError) as error:
        check_destinations(nowhere, tuple(Layer))
    assert str(error.value).count("does not answer") == 1
    assert "make up" in str(error.value)
