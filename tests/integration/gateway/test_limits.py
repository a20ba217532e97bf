"""What the gateway does not let a client do to it or to its other clients."""

import socket
from collections.abc import Iterator

import pytest

from services.settings import HOST
from tests.integration.gateway.running import JSON_V2, RunningGateway

MIB = 1024 * 1024
ONE = b'{"records":[{"value":1}]}'


def head(topic: str, *headers: str) -> bytes:
    """The head of a produce request, as it goes over the wire."""
    lines = (
        f"POST /topics/{topic} HTTP/1.1",
        "Host: localhost",
        f"Content-Type: {JSON_V2}",
        *headers,
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def answer(connection: socket.socket) -> bytes:
    """What the server sends until it closes, or says no more for a while."""
    connection.settimeout(3)
    got = b""
    try:
        while chunk := connection.recv(65536):
            got += chunk
    except TimeoutError:
        pass
    return got


@pytest.fixture
def connection(gateway: RunningGateway) -> Iterator[socket.socket]:
    """A plain TCP connection to the gateway."""
    with socket.create_connection((HOST, gateway.settings.gateway_port), timeout=10) as opened:
        yield opened


def test_a_body_over_the_limit(gateway: RunningGateway, topic: str) -> None:
    """10 MiB + 1 byte: 413 as API Gateway, for an ordinary client that sends it all."""
    body = b'{"records":[{"value":"' + b"x" * (10 * MIB) + b'"}]}'
    refused = gateway.produce(topic, body)
    assert (refused.status, refused.json["error_code"]) == (413, 413)
    assert refused.json["message"] == "HTTP content length exceeded 10485760 bytes."


def test_a_body_of_the_limit_s_size_is_read(gateway: RunningGateway, topic: str) -> None:
    """Exactly 10 MiB is a body like any other."""
    records = b",".join([b'{"value":"%s"}' % (b"x" * 100_000)] * 100)
    body = b'{"records":[%s]}' % records
    body += b" " * (10 * MIB - len(body))
    assert gateway.produce(topic, body).status == 200
    assert gateway.log_end(topic) == 100


def test_a_declared_length_is_refused_before_the_body(
    topic: str, connection: socket.socket
) -> None:
    """A client that announces 1 TB is answered before it has sent a byte of it."""
    connection.sendall(head(topic, f"Content-Length: {10**12}"))
    assert answer(connection).startswith(b"HTTP/1.1 413 ")


def test_an_endless_chunked_body_is_stopped(topic: str, connection: socket.socket) -> None:
    """Without a declared length the body is refused as soon as it is too long."""
    connection.sendall(head(topic, "Transfer-Encoding: chunked"))
    chunk = b"%x\r\n%s\r\n" % (MIB, b" " * MIB)
    sent = 0
    try:
        while sent < 200:
            connection.sendall(chunk)
            sent += 1
    except OSError:
        pass
    assert sent < 200, "the gateway read 200 MiB of one request"


@pytest.mark.parametrize("framing", ["Content-Length: 500", "Transfer-Encoding: chunked"])
def test_a_body_that_ends_early_writes_nothing(
    gateway: RunningGateway, topic: str, connection: socket.socket, framing: str
) -> None:
    """A whole JSON text in a body that was promised longer is not stored."""
    body = ONE if framing.startswith("Content") else b"%x\r\n%s\r\n" % (len(ONE), ONE)
    connection.sendall(head(topic, framing) + body)
    connection.shutdown(socket.SHUT_WR)
    assert b" 200 " not in answer(connection)
    assert gateway.log_end(topic) == 0


def test_two_lengths_are_no_way_in(
    gateway: RunningGateway, topic: str, connection: socket.socket
) -> None:
    """Contradicting framings are refused by the server (request smuggling)."""
    connection.sendall(head(topic, "Content-Length: 5", "Content-Length: 25") + ONE)
    assert b" 200 " not in answer(connection)
    assert gateway.log_end(topic) == 0


def test_slow_clients_do_not_hold_up_others(gateway: RunningGateway, topic: str) -> None:
    """200 clients stop in the middle of head or body; the next one is served."""
    place = HOST, gateway.settings.gateway_port
    whole = head(topic, "Content-Length: 1000") + b'{"records":['
    slow = [socket.create_connection(place) for _ in range(200)]
    try:
        for number, client in enumerate(slow):
            client.sendall(whole[: 40 if number % 2 else len(whole)])
        assert gateway.produce(topic, ONE).status == 200
    finally:
        for client in slow:
            client.close()
    assert gateway.log_end(topic) == 1


def test_hostile_text_cannot_break_an_answer_or_a_log_line(gateway: RunningGateway) -> None:
    """Quotes, line breaks and NUL in a path come back as JSON text."""
    refused = gateway.produce('%22%0A%00%1b[31m"', ONE)
    assert refused.status == 404
    assert isinstance(refused.json["message"], str)
    assert b"\x1b[31m" not in gateway.log.read_bytes()


def test_pipelined_requests_are_answered_in_order(
    gateway: RunningGateway, topic: str, connection: socket.socket
) -> None:
    """Two requests in one packet get two answers."""
    request = head(topic, f"Content-Length: {len(ONE)}") + ONE
    connection.sendall(request + request)
    assert answer(connection).count(b"HTTP/1.1 200 ") == 2
    assert gateway.log_end(topic) == 2


def test_the_process_survives_all_that(gateway: RunningGateway) -> None:
    """Nothing above ended the process or was an unforeseen failure."""
    assert gateway.process.poll() is None
    assert "unforeseen" not in gateway.log.read_text()
