"""A real stack on free ports, in a folder of its own."""

import contextlib
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
from rich.console import Console

from services.settings import Settings, load_settings
from services.setup.native import ensure_native
from services.stack.native import catalog
from services.stack.report import Report
from services.stack.secrets import ensure_secrets
from services.stack.service import Layout
from services.stack.stack import NativeStack
from tests.support.commands import Commands
from tests.support.ports import free_ports


@dataclass(frozen=True)
class RunningStack:
    """A stack under test."""

    settings: Settings
    layout: Layout
    stack: NativeStack
    report: Report
    commands: Commands

    def process(self, name: str) -> psutil.Process:
        """The process of one service."""
        pid = next(row.pid for row in self.stack.status() if row.name == name)
        assert pid, f"{name} does not run"
        return psutil.Process(pid)


@contextlib.contextmanager
def running_stack(folder: Path, names: Collection[str] | None = None) -> Iterator[RunningStack]:
    """Start some services (all by default) with what they need; stop and remove everything at the end."""
    environment = own_environment(folder)
    with _environment(environment):
        ensure_native()
        ensure_secrets(folder / ".env")
        settings = load_settings()
        layout = Layout(settings.state_dir.resolve())
        services = [
            s for s in catalog.services(settings, layout) if names is None or s.name in names
        ]
        chosen = {service.name for service in services}
        stack = NativeStack(
            layout, services, [task for task in catalog.tasks() if task.needs <= chosen]
        )
        report = Report(Console(stderr=True))
        stack.up(report)
        try:
            yield RunningStack(settings, layout, stack, report, Commands(environment))
        finally:
            stack.clean(report)


def own_environment(folder: Path) -> dict[str, str]:
    """Variables of a stack that shares nothing with another one on this machine."""
    return {
        "STATE_DIR": str(folder / "state"),
        "ENV_FILE": str(folder / ".env"),
        **{name.upper(): str(port) for name, port in free_ports().items()},
    }


@contextlib.contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """Set variables for the processes that are started meanwhile."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
