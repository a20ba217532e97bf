"""Ports of this machine that nobody listens on, for servers that may have any."""

import contextlib
import socket

from services.settings import HOST


def free_port() -> int:
    """One that is free now; whoever listens on it first has it."""
    return distinct_free_ports(1)[0]


def distinct_free_ports(count: int) -> list[int]:
    """Several; all are held until all are chosen, so that no two are the same."""
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in probes]
