"""S3 behind a door that a test can shut: answers of its own in the place of the real server's, or after it."""

import contextlib
import http.client
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from services.settings import HOST
from tests.support.served import served

_ERROR = "<Error><Code>{code}</Code><Message>injected</Message></Error>"


@dataclass(frozen=True)
class S3Fault:
    """What becomes of a request.

    Attributes:
        status: Of the answer; None breaks the connection.
        code: S3's name of the error.
        is_done: Whether the real server carries the request out before.
    """

    status: int | None
    code: str = "InternalError"
    is_done: bool = False


class FaultyS3(ThreadingHTTPServer):
    """The door."""

    daemon_threads = True

    def __init__(self, endpoint: str) -> None:
        super().__init__((HOST, 0), _Handler)
        self.target = urlsplit(endpoint).netloc
        self.refused = 0
        self._faults: list[S3Fault] = []

    @property
    def url(self) -> str:
        """Endpoint for clients."""
        return f"http://{HOST}:{self.server_port}"

    def inject(self, fault: S3Fault, times: int = 1) -> None:
        """Let so many of the next PUTs go wrong."""
        self._faults += [fault] * times

    def take(self) -> S3Fault | None:
        """The fault that a PUT meets now."""
        if not self._faults:
            return None
        self.refused += 1
        return self._faults.pop(0)


class _Handler(BaseHTTPRequestHandler):
    server: FaultyS3
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fault = self.server.take() if self.command == "PUT" else None
        if fault is None or fault.is_done:
            status, headers, answer = self._forward(body)
        if fault is not None:
            status, headers = fault.status or 0, {"Content-Type": "application/xml"}
            answer = _ERROR.format(code=fault.code).encode()
        self.close_connection = fault is not None
        if status:
            self._answer(status, headers, answer)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _serve

    def _forward(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """The host stays the door's: it is signed."""
        connection = http.client.HTTPConnection(self.server.target, timeout=30)
        headers = {
            k: v for k, v in self.headers.items() if k.lower() not in {"expect", "connection"}
        }
        connection.request(self.command, self.path, body, headers)
        answer = connection.getresponse()
        found = answer.read()
        connection.close()
        return answer.status, dict(answer.getheaders()), found

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in {
                "connection",
                "transfer-encoding",
                "content-length",
                "date",
                "server",
            }:
                self.send_header(name, value)
        length = headers.get("Content-Length") if self.command == "HEAD" else None
        self.send_header("Content-Length", length or str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def faulty_s3(endpoint: str) -> Iterator[FaultyS3]:
    """The door, in a thread, until the block ends."""
    with FaultyS3(endpoint) as server, served(server):
        yield server
