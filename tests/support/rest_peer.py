"""An HTTP server that answers as a test says, down to the byte, or not at all."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from services.settings import HOST
from tests.support.served import served


class Seen(NamedTuple):
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Script = Callable[[Seen], bytes | None]
"""What goes back over the wire, after which the connection is closed; None holds it open and says nothing."""


class RestPeer(ThreadingHTTPServer):
    """The server and what it has seen."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, script: Script) -> None:
        super().__init__((HOST, 0), _Handler)
        self.script = script
        self.seen: list[Seen] = []
        self.closed = 0
        self.ended = threading.Event()

    def shutdown_request(self, request: Any) -> None:
        """Count the connections that are closed."""
        super().shutdown_request(request)
        self.closed += 1

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: RestPeer

    def handle_one_request(self) -> None:
        """Any method: read it whole, then do what the script says."""
        self.close_connection = True
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        seen = Seen(self.command, self.path, headers, body)
        self.server.seen.append(seen)
        answer = self.server.script(seen)
        if answer is None:
            self.server.ended.wait(30)
        else:
            self.wfile.write(answer)


@contextlib.contextmanager
def rest_peer(script: Script) -> Iterator[RestPeer]:
    """The server, in a thread, until the block ends."""
    with RestPeer(script) as server, served(server):
        try:
            yield server
        finally:
            server.ended.set()


def reply(status: int, body: bytes, *headers: str) -> bytes:
    """A whole answer."""
    lines = (f"HTTP/1.1 {status} x", f"Content-Length: {len(body)}", *headers)
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
