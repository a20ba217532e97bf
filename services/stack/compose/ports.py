"""Whether the ports are free that containers are to publish, before anything is created."""

from collections.abc import Iterable, Mapping

from services.stack.compose.containers import Container, publishers
from services.stack.errors import StartError
from services.stack.machine.ports import TakenPort, shared_ports, taken_ports


def require_free(ports: Mapping[str, int], own: Iterable[Container]) -> None:
    """Check ports (setting → port); those that the project's own containers publish are fine.

    Raises:
        StartError: one is taken, or two settings name the same.
    """
    published = {port for one in own if one.runs for port in one.ports}
    foreign = {name: port for name, port in ports.items() if port not in published}
    if problems := [*shared_ports(dict(ports)), *map(str, _taken(foreign))]:
        raise StartError("\n".join(problems))


def _taken(ports: Mapping[str, int]) -> list[TakenPort]:
    """By containers, which are named rather than Docker's proxy, and by processes."""
    if not ports:
        return []
    names = publishers(list(ports.values()))
    containers = [
        TakenPort(setting, port, f"the container {names[port]} (`docker stop {names[port]}`)")
        for setting, port in ports.items()
        if port in names
    ]
    others = {setting: port for setting, port in ports.items() if port not in names}
    return [*containers, *taken_ports(others)]
