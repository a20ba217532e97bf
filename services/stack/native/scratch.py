"""A real stack on free ports, in a folder of its own: for tests and benchmarks.

It shares nothing with a stack that runs on this machine already.
"""

import contextlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from services.checkout.environment import assigned
from services.free_ports import free_ports
from services.settings import Settings, load_settings
from services.setup.environment import ensure_environment
from services.setup.native import ensure_native
from services.stack.layout import Layout
from services.stack.native.airflow_process import packages
from services.stack.native.service import NativeService
from services.stack.native.services import catalog
from services.stack.native.stack import NativeStack
from services.stack.report import Report
from services.stack.secrets import ensure_secrets
from services.terminal import Console


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
    with assigned(environment):
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
) -> list[NativeService]:
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
        **{name.upper(): str(port) for name, port in port_settings().items()},
    }


def port_settings() -> dict[str, int]:
    """Setting → a free port of its own, for each setting of a port."""
    names = [name for name in Settings.model_fields if name.endswith("_port")]
    return dict(zip(names, free_ports(len(names)), strict=True))
