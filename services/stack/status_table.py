"""`make status` for people."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from services.stack.status import ContainerStatus, ServiceStatus


def status_table(rows: Sequence[ServiceStatus]) -> Table:
    """A row for each service, and the memory of all."""
    table = Table("service", "state", "pid", "up for", "memory", "where", box=None, pad_edge=False)
    for row in rows:
        memory = f"{row.memory / 2**20:.0f} MiB" if row.pid else ""
        uptime = f"{row.uptime // 60} min {row.uptime % 60} s" if row.pid else ""
        style = "green" if row.runs else "red"
        state = Text(_state(row), style)
        table.add_row(row.name, state, str(row.pid or ""), uptime, memory, Text(row.url))
    total = sum(row.memory for row in rows)
    table.caption = f"memory in all: {total / 2**20:.0f} MiB" if total else None
    return table


def _state(row: ServiceStatus) -> str:
    """Restarts are told where they are counted, and only when there were some."""
    state = row.state.lower()
    if isinstance(row, ContainerStatus) and row.restarts:
        return f"{state}, restarted {row.restarts} times"
    return state
