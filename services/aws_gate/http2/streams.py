"""The requests of one HTTP/2 connection, while they come: heads, and bodies within bounds."""

from dataclasses import dataclass, field

from services.aws_gate.request_head import RequestHead

Fields = list[tuple[bytes, bytes]]


class TooMuchError(Exception):
    """A request's body, or what a connection sends at once, is longer than it may be."""


@dataclass
class IncomingRequest:
    """A request whose body may not have come whole."""

    head: RequestHead
    body: bytearray = field(default_factory=bytearray)


@dataclass
class IncomingRequests:
    """All that are not whole yet.

    Attributes:
        request_bytes: Of one request's body, at most.
        total_bytes: Of all bodies that are held, at most.
    """

    request_bytes: int
    total_bytes: int
    _requests: dict[int, IncomingRequest] = field(default_factory=dict)
    _held: int = 0

    def begin(self, stream: int, fields: Fields) -> None:
        self._requests[stream] = IncomingRequest(request_head(fields))

    def add(self, stream: int, data: bytes) -> None:
        """Take a piece of a body; one of a request that was given up is dropped.

        Raises:
            TooMuchError: the request is given up.
        """
        request = self._requests.get(stream)
        if request is None:
            return
        self._held += len(data)
        request.body += data
        if len(request.body) > self.request_bytes or self._held > self.total_bytes:
            self.take(stream)
            raise TooMuchError

    def take(self, stream: int) -> IncomingRequest | None:
        """Give a request out; None when it was given up."""
        request = self._requests.pop(stream, None)
        if request is not None:
            self._held -= len(request.body)
        return request

    def __len__(self) -> int:
        return len(self._requests)


def request_head(fields: Fields) -> RequestHead:
    """The head as HTTP/1 has it: the authority is the host, which the caller has signed."""
    pseudo = {name: value for name, value in fields if name.startswith(b":")}
    headers = [(name, value) for name, value in fields if not name.startswith(b":")]
    if not any(name == b"host" for name, _ in headers):
        headers.insert(0, (b"host", pseudo.get(b":authority", b"")))
    return RequestHead(
        pseudo.get(b":method", b"").decode("latin-1"),
        pseudo.get(b":path", b"").decode("latin-1"),
        headers,
    )
