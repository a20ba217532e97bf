"""Ports for a stack of the tests' own."""

import socket

from services.settings import HOST, Settings

_PORT_SETTINGS = [name for name in Settings.model_fields if name.endswith("_port")]


def free_ports() -> dict[str, int]:
    """A free port for each port setting; all are held until all are chosen."""
    sockets = {name: socket.socket() for name in _PORT_SETTINGS}
    try:
        for probe in sockets.values():
            probe.bind((HOST, 0))
        return {name: probe.getsockname()[1] for name, probe in sockets.items()}
    finally:
        for probe in sockets.values():
            probe.close()
