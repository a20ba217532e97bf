import os
import socket
from collections.abc import Iterator

import pytest

from services.stack.ports import is_free, taken_ports


@pytest.fixture
def listening() -> Iterator[int]:
    """A port that this process listens on."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_taken_port_is_named_with_its_holder_and_a_way_out(listening: int) -> None:
    """The message names the port, its setting, the process, and a line for .env."""
    (taken,) = taken_ports({"kafka_port": listening})
    assert f"port {listening} (KAFKA_PORT)" in str(taken)
    assert f"process {os.getpid()}" in str(taken)
    assert "KAFKA_PORT=" in str(taken).split(".env: ")[1]


def test_a_port_held_on_all_interfaces_is_taken() -> None:
    """A server that listens on 0.0.0.0 is in the way as well."""
    with socket.socket() as server:
        server.bind(("0.0.0.0", 0))  # noqa: S104 - the case under test
        server.listen()
        assert not is_free(server.getsockname()[1])


def test_a_free_port_is_free(listening: int) -> None:
    """Nothing is reported for a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    assert taken_ports({"gateway_port": free}) == []
    assert not is_free(listening)
