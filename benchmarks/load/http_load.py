"""A closed-loop HTTP/1.1 load generator: N keep-alive connections, each with one request in flight.

Requests are encoded once, before the clock starts, and answers are only split at their length, so
that the generator takes as little as possible of the two cores it shares with the server.

    python -m benchmarks.load.http_load http://127.0.0.1:8082/prod/topics/0a1b2c3d4e5f.pin --records 100
"""

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import SplitResult, urlsplit

from services.terminal import Console

JSON_V2 = "application/vnd.kafka.json.v2+json"
LENGTH = b"content-length:"
END_OF_HEAD = b"\r\n\r\n"


@dataclass
class HttpLoad:
    """What a run measured. Latencies are milliseconds, sorted once by `finish`."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    broken_connections: int = 0

    @property
    def requests_per_second(self) -> float:
        """Answered requests of any status a second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, percent: float) -> float:
        """Latency in milliseconds that `percent` of the answers did not exceed.

        Raises:
            ValueError: nothing was answered.
        """
        if not self.latencies:
            raise ValueError("no request was answered; look at the server's log")
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


class _Client(asyncio.Protocol):
    """One connection: sends the next request as soon as the last one's answer is whole."""

    def __init__(self, request: bytes, load: HttpLoad, deadline: float) -> None:
        self.request = request
        self.load = load
        self.deadline = deadline
        self.closed = asyncio.get_running_loop().create_future()
        self.buffer = b""
        self.sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._send()

    def _send(self) -> None:
        self.sent_at = time.perf_counter()
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head = self.buffer.find(END_OF_HEAD)
        if head < 0 or len(self.buffer) < head + len(END_OF_HEAD) + _length(self.buffer[:head]):
            return
        now = time.perf_counter()
        self.load.latencies.append((now - self.sent_at) * 1000)
        self.load.statuses[int(self.buffer[9:12])] += 1
        self.buffer = b""
        if now < self.deadline:
            self._send()
        else:
            self.sent_at = 0.0
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self.load.broken_connections += bool(self.sent_at)
        if not self.closed.done():
            self.closed.set_result(None)


def _length(head: bytes) -> int:
    """Content-Length of an answer's head; our gateway never answers in chunks."""
    at = head.lower().index(LENGTH) + len(LENGTH)
    return int(head[at:].split(b"\r\n", 1)[0])


def encode(url: SplitResult, body: bytes, content_type: str = JSON_V2) -> bytes:
    """One POST as it goes over the wire."""
    head = (
        f"POST {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def produce_body(records: int, record_bytes: int) -> bytes:
    """A JSON v2 produce request of `records` values of `record_bytes` bytes each."""
    value = json.dumps({"index": 7528, "text": ""}, separators=(",", ":"))
    value = json.dumps({"index": 7528, "text": "x" * (record_bytes - len(value))})
    value = value.replace(" ", "")
    return ('{"records":[' + ",".join(['{"value":' + value + "}"] * records) + "]}").encode()


async def run(
    url: str,
    body: bytes,
    *,
    connections: int = 64,
    seconds: float = 5.0,
    content_type: str = JSON_V2,
) -> HttpLoad:
    """POST `body` to `url` over and over.

    Raises:
        OSError: the server does not listen there.
    """
    target = urlsplit(url)
    load = HttpLoad()
    begun = time.perf_counter()
    request = encode(target, body, content_type)
    loop = asyncio.get_running_loop()
    clients = [
        (
            await loop.create_connection(
                lambda: _Client(request, load, begun + seconds),
                target.hostname or "",
                target.port or 80,
            )
        )[1]
        for _ in range(connections)
    ]
    await asyncio.gather(*(client.closed for client in clients))
    load.seconds = time.perf_counter() - begun
    return load


def main(argv: list[str] | None = None) -> int:
    """Run one load and print its figures as JSON."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.load.http_load", description=__doc__
    )
    parser.add_argument("url")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--records", type=int, default=1, help="records a request")
    parser.add_argument("--record-bytes", type=int, default=1000)
    options = parser.parse_args(argv)
    body = produce_body(options.records, options.record_bytes)
    load = asyncio.run(
        run(options.url, body, connections=options.connections, seconds=options.seconds)
    )
    figures = {
        "requests_per_second": round(load.requests_per_second),
        "records_per_second": round(load.requests_per_second * options.records),
        "p50_ms": round(load.percentile(50), 1),
        "p99_ms": round(load.percentile(99), 1),
        "statuses": dict(load.statuses),
        "broken_connections": load.broken_connections,
    }
    Console().print_json(data=figures)
    return 0 if set(load.statuses) == {200} and not load.broken_connections else 1


if __name__ == "__main__":
    sys.exit(main())
