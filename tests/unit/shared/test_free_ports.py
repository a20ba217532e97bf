"""Ports for processes that are to listen a moment later."""

import socket

from services.free_ports import free_port, free_ports


def test_ports_are_different_and_nobody_listens() -> None:
    """Each can be bound at once."""
    ports = free_ports(20)
    assert len(set(ports)) == 20
    for port in ports:
        socket.create_server(("127.0.0.1", port)).close()


def test_a_port_is_none_of_those_for_outgoing_connections() -> None:
    """The kernel gives those away by itself, between the choice and the use."""
    assert free_port() < 32_768
