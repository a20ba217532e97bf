"""Ports that nobody uses, for processes that are to listen a moment later. Standard library only."""

import secrets
import socket

_RANGE = range(20_000, 32_000)
"""Below the ports that Linux and macOS give to outgoing connections, so that none of these takes one meanwhile."""

_LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A port of this machine's loopback that nothing listens on; nothing holds it, either."""
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """Several such ports, all different, chosen at random: two processes that choose at once hardly meet."""
    candidates = secrets.SystemRandom().sample(_RANGE, len(_RANGE))
    free = (port for port in candidates if _is_free(port))
    return [next(free) for _ in range(count)]


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((_LOOPBACK, port))
        except OSError:
            return False
        return True
