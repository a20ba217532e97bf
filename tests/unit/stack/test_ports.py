import os
import socket
from collections.abc import Iterator

import pytest

from services.stack.machine.ports import TakenPort, is_free, shared_ports, taken_ports


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


def test_a_port_that_two_settings_name_is_told() -> None:
    """Two services on one port: the second could never start."""
    (problem,) = shared_ports({"kafka_port": 9092, "aws_port": 9092, "mysql_port": 3306})
    assert problem.startswith("KAFKA_PORT and AWS_PORT are both 9092")


@pytest.mark.parametrize("port", [80, 9092, 60_000, 65_535])
def test_the_port_that_is_proposed_instead_can_be_used(port: int) -> None:
    """It is another one, in the range that needs no administrator."""
    proposed = int(str(TakenPort("kafka_port", port, "x")).rpartition("=")[2])
    assert proposed != port
    assert 10_000 <= proposed < 60_000


def test_a_free_port_is_free(listening: int) -> None:
    """Nothing is reported for a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    assert taken_ports({"gateway_port": free}) == []
    assert not is_free(listening)
