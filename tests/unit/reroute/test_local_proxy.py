"""The local proxy: what it forwards, and its answer when the gateway gives none."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.records.journal import read_journal
from services.records.journal_line import TopicRejected, TopicUnknown
from services.records.layer import Layer
from services.reroute.forward import Forwarder
from services.reroute.injected.pincloud_reroute.stop import HEADER
from services.reroute.limit import PostLimit
from services.reroute.local_proxy import LocalProxy
from services.reroute.missing_streams import MissingStreams
from services.reroute.post_results import PostResults
from services.settings import Settings

STORED = b'{"offsets":[{"partition":0,"offset":5,"error_code":null,"error":null}]}'
POST = {"records": [{"value": {"index": 7528}}]}


class _Gateway(BaseHTTPRequestHandler):
    """Tells its server what came, and stores everything; a path with `break` breaks the connection."""

    seen: list[tuple[str, str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.path, self.headers.get("X-Mine", ""), body))
        if "break" in self.path:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(STORED)))
        self.send_header("X-Theirs", "yes")
        self.end_headers()
        self.wfile.write(STORED)

    def log_message(self, *_: object) -> None:
        """Be quiet."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A gateway that is not there."""
    return Settings(state_dir=tmp_path, gateway_url="http://127.0.0.1:9")


@pytest.fixture
def served(settings: Settings) -> Iterator[Settings]:
    """A gateway that is, behind a path of its own."""
    _Gateway.seen = []
    server = HTTPServer(("127.0.0.1", 0), _Gateway)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/behind"
    yield settings.model_copy(update={"gateway_url": url})
    server.shutdown()
    thread.join()
    server.server_close()


class _Client:
    """A client of a proxy of its own."""

    def __init__(self, settings: Settings, most: int | None = None) -> None:
        self.results = PostResults(settings)
        forwarder = Forwarder(settings)
        limit, streams = PostLimit(most, lambda: None), MissingStreams(settings, forwarder)
        self.proxy = LocalProxy(forwarder, self.results, limit, streams)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request."""
        return asyncio.run(self._ask(method, path, **more))

    async def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.proxy)
        async with httpx.AsyncClient(transport=transport, base_url="http://proxy") as client:
            return await client.request(method, path, **more)


def test_a_request_and_its_answer_are_handed_on_as_they_are(served: Settings) -> None:
    """Path, query and body to the byte, and the headers that are not the connection's."""
    client = _Client(served)
    answer = client.ask("POST", "/s/topics/u.pin?a=%20b", json=POST, headers={"X-Mine": "1"})
    assert (answer.status_code, answer.content) == (200, STORED)
    assert answer.headers["x-theirs"] == "yes"
    assert _Gateway.seen == [("/behind/s/topics/u.pin?a=%20b", "1", answer.request.content)]
    assert client.results.acked == 1


def test_posts_beyond_the_limit_are_not_sent(served: Settings) -> None:
    """The script's process reads the header and ends."""
    client = _Client(served, most=1)
    client.ask("POST", "/topics/u.pin", json=POST)
    answer = client.ask("POST", "/topics/u.pin", json=POST)
    assert (answer.status_code, answer.headers[HEADER]) == (503, "1")
    assert len(_Gateway.seen) == client.results.acked == 1


@pytest.mark.parametrize(
    ("path", "status", "outcome"),
    [("/topics/break.pin", 504, TopicUnknown), ("/topics/u.pin", 503, TopicRejected)],
)
def test_a_gateway_that_does_not_answer_is_told_apart_from_one_that_is_away(
    path: str, status: int, outcome: type, served: Settings, settings: Settings
) -> None:
    """What was sent may be in the log; what could not be sent is certainly not."""
    client = _Client(served if outcome is TopicUnknown else settings)
    assert client.ask("POST", path, json=POST).status_code == status
    client.results.close()
    (line,) = read_journal(client.results.journals[0], Layer.BATCH)
    assert type(line) is outcome


def test_the_proxy_knows_when_nothing_is_under_way(served: Settings) -> None:
    """The run's end waits for that."""
    client = _Client(served)
    assert client.ask("GET", "/nothing").status_code == 501
    assert client.proxy.active == 0
