"""A real stack on free ports, in a folder of its own: for tests and benchmarks.

It shares nothing with a stack that runs on this machine already.
"""

import contextlib
import itertools
import os
import socket
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
from rich.console import Console

from services.settings import HOST, Settings, load_settings
from services.setup.environment import ensure_environment
from services.setup.native import ensure_native
from services.stack.native.airflow_process import packages
from services.stack.native.service import Layout, Service
from services.stack.native.services import catalog
from services.stack.native.stack import NativeStack
from services.stack.report import Report
from services.stack.secrets import ensure_secrets

_FIRST_PORT, _BLOCK, _BLOCKS = 10_000, 1_000, 22
"""Processes that run side by side choose from different thousands."""

_start = _FIRST_PORT + os.getpid() % _BLOCKS * _BLOCK
_candidates = itertools.cycle(range(_start, _start + _BLOCK))


@dataclass(frozen=True)
class ScratchStack:
    """A stack of one's own; `environment` makes any command use it."""

    settings: Settings
    layout: Layout
    stack: NativeStack
    report: Report
    environment: Mapping[str, str]
    start_seconds: float

    def process(self, name: str) -> psutil.Process:
        """The process of one service."""
        pid = next(row.pid for row in self.stack.status() if row.name == name)
        if not pid:
            raise RuntimeError(f"{name} does not run")
        return psutil.Process(pid)


@contextlib.contextmanager
def scratch_stack(
    folder: Path, names: Collection[str] | None = None, *, profile: str = "core"
) -> Iterator[ScratchStack]:
    """Start a profile's services, or only those that are named; stop and remove everything at the end."""
    environment = own_environment(folder)
    with _environment(environment):
        ensure_native()
        (folder / "dags").mkdir(parents=True, exist_ok=True)
        ensure_secrets(folder / ".env")
        settings = load_settings()
        layout = Layout(settings.state_dir.resolve())
        services = _chosen(settings, layout, names, profile)
        chosen = {service.name for service in services}
        if any(name.startswith("airflow") for name in chosen):
            ensure_environment("airflow")
            packages.install(layout, Report(Console(stderr=True)))
        stack = NativeStack(
            layout, services, [task for task in catalog.tasks() if task.needs <= chosen]
        )
        report = Report(Console(stderr=True))
        stack.up(report)
        seconds = report.elapsed()
        try:
            yield ScratchStack(settings, layout, stack, report, environment, seconds)
        finally:
            stack.clean(report)


def _chosen(
    settings: Settings, layout: Layout, names: Collection[str] | None, profile: str
) -> list[Service]:
    if names is None:
        return catalog.services(settings, layout, profile)
    return [s for s in catalog.services(settings, layout, "full") if s.name in names]


def own_environment(folder: Path) -> dict[str, str]:
    """Variables of a stack that shares nothing with another one on this machine."""
    return {
        "RUNTIME": "native",
        "STATE_DIR": str(folder / "state"),
        "ENV_FILE": str(folder / ".env"),
        "USER_DAGS_DIR": str(folder / "dags"),
        **{name.upper(): str(port) for name, port in free_ports().items()},
    }


def free_ports() -> dict[str, int]:
    """A free port for each port setting; all are held until all are chosen.

    They lie below those that the kernel gives away by itself, and what one process has chosen does not
    come again soon: a service may be started long after its port was chosen, while other tests run.
    """
    names = [name for name in Settings.model_fields if name.endswith("_port")]
    with contextlib.ExitStack() as held:
        return {name: _next_free(held) for name in names}


def _next_free(held: contextlib.ExitStack) -> int:
    for port in _candidates:
        probe = held.enter_context(socket.socket())
        with contextlib.suppress(OSError):
            probe.bind((HOST, port))
            return port
    raise AssertionError("the candidates have no end")


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
