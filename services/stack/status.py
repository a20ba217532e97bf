"""How each service is, in either runtime: the rows of `make status`, and their table for people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.table import Table

from services.terminal import plain


@dataclass(frozen=True)
class ServiceStatus:
    """One row of `make status`. Memory is in bytes (native: PSS on Linux), uptime in seconds."""

    name: str
    state: str
    pid: int
    uptime: int
    memory: int
    url: str

    @property
    def runs(self) -> bool:
        """Whether there is a process; supervisord calls its first second STARTING."""
        return self.state in {"STARTING", "RUNNING"}


@dataclass(frozen=True)
class ContainerStatus(ServiceStatus):
    """A service that may run in several containers: memory and restarts are those of all, the rest is the first's.

    Attributes:
        health: `healthy`, `starting`, `unhealthy`, or empty where nothing is checked.
        restarts: How often Docker had to start it again.
    """

    health: str
    restarts: int


def status_table(rows: Sequence[ServiceStatus], where: Callable[[ServiceStatus], str]) -> Table:
    """A row for each service, with its address, and the memory of all."""
    table = Table("service", "state", "pid", "up for", "memory", "where", box=None, pad_edge=False)
    for row in rows:
        memory = f"{row.memory / 2**20:.0f} MiB" if row.pid else ""
        uptime = f"{row.uptime // 60} min {row.uptime % 60} s" if row.pid else ""
        style = "green" if row.runs else "red"
        state = plain(_state(row), style)
        table.add_row(row.name, state, str(row.pid or ""), uptime, memory, plain(where(row)))
    total = sum(row.memory for row in rows)
    table.caption = f"memory in all: {total / 2**20:.0f} MiB" if total else None
    return table


def _state(row: ServiceStatus) -> str:
    """Restarts are told where they are counted, and only when there were some."""
    state = row.state.lower()
    if isinstance(row, ContainerStatus) and row.restarts:
        return f"{state}, restarted {row.restarts} times"
    return state
