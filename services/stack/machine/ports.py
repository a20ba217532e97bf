"""Checking that the ports are free before anything is started."""

import contextlib
import errno
import socket
from dataclasses import dataclass

import psutil

from services.settings import HOST
from services.stack.machine.processes import STACK_VARIABLE

_RANGE, _OTHER = 50_000, 10_000
"""Another port is proposed between 10000 and 59999."""


@dataclass(frozen=True)
class TakenPort:
    """A port that something else listens on."""

    setting: str
    port: int
    holder: str

    def __str__(self) -> str:
        name = self.setting.upper()
        return (
            f"port {self.port} ({name}) is taken by {self.holder}. Stop it, or put another port into .env: "
            f"{name}={self.port % _RANGE + _OTHER}"
        )


def shared_ports(ports: dict[str, int]) -> list[str]:
    """A sentence for each port that several settings name."""
    names: dict[int, list[str]] = {}
    for name, port in ports.items():
        names.setdefault(port, []).append(name.upper())
    return [
        f"{' and '.join(both)} are both {port}: give each a port of its own in .env"
        for port, both in names.items()
        if len(both) > 1
    ]


def taken_ports(ports: dict[str, int]) -> list[TakenPort]:
    """Those of the ports (setting → port) that cannot be listened on, with who holds them."""
    return [
        TakenPort(name, port, _holder(port)) for name, port in ports.items() if not is_free(port)
    ]


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now.

    macOS lets one bind 127.0.0.1 beside a server of all interfaces, so somebody who answers counts, too.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as client:
        client.settimeout(1)
        if client.connect_ex((HOST, port)) == 0:
            return False
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            return error.errno not in {errno.EADDRINUSE, errno.EACCES}
        return True


def _holder(port: int) -> str:
    """The listening process, as far as this user may see it; macOS shows each user only the own ones."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if any(
                connection.laddr.port == port
                for connection in process.net_connections(kind="tcp")
                if connection.status == psutil.CONN_LISTEN
            ):
                return _describe(process)
    return f"a process of another user (`sudo lsof -i :{port}` names it)"


def _describe(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        if state := process.environ().get(STACK_VARIABLE):
            return f"process {process.pid} of the stack in {state} (`make down` in its checkout)"
    command = " ".join(process.cmdline())[:80] or process.name()
    return f"process {process.pid} ({command})"
