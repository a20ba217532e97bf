"""Checking that the ports are free before anything is started."""

import errno
import socket
from dataclasses import dataclass

import psutil

from services.settings import HOST

_OTHER = 10_000


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
            f"{name}={self.port + _OTHER}"
        )


def taken_ports(ports: dict[str, int]) -> list[TakenPort]:
    """Those of the ports (setting → port) that cannot be listened on, with who holds them."""
    return [
        TakenPort(name, port, _holder(port)) for name, port in ports.items() if not is_free(port)
    ]


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            return error.errno not in {errno.EADDRINUSE, errno.EACCES}
        return True


def _holder(port: int) -> str:
    """Name and pid of the listening process, as far as this user may see them."""
    try:
        connections = psutil.net_connections(kind="tcp")
    except psutil.AccessDenied:
        connections = []
    for connection in connections:
        if (
            connection.laddr
            and connection.laddr.port == port
            and connection.status == psutil.CONN_LISTEN
        ):
            return _describe(connection.pid)
    return f"a process of another user (`lsof -i :{port}` as administrator names it)"


def _describe(pid: int | None) -> str:
    if pid is None:
        return "a process of another user"
    try:
        process = psutil.Process(pid)
        command = " ".join(process.cmdline())[:80] or process.name()
    except psutil.Error:
        return f"process {pid}"
    return f"process {pid} ({command})"
