"""Whether the ports are free that containers are to publish, before anything is created."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from services.stack.compose.containers import Container
from services.stack.compose.docker import docker
from services.stack.errors import StartError
from services.stack.ports import TakenPort, shared_ports, taken_ports


def require_free(ports: Mapping[str, int], own: Iterable[Container]) -> None:
    """Check ports (setting → port); those that the project's own containers publish are fine.

    Raises:
        StartError: one is taken, or two settings name the same.
    """
    published = {port for one in own if one.runs for port in one.ports}
    foreign = {name: port for name, port in ports.items() if port not in published}
    taken = [_with_container(port) for port in taken_ports(foreign)]
    if problems := [*shared_ports(dict(ports)), *map(str, taken)]:
        raise StartError("\n".join(problems))


def _with_container(taken: TakenPort) -> TakenPort:
    """Name the container that publishes the port, rather than Docker's proxy."""
    names = docker("ps", "--filter", f"publish={taken.port}", "--format", "{{.Names}}").split()
    if not names:
        return taken
    return replace(taken, holder=f"the container {names[0]} (`docker stop {names[0]}`)")
