"""A clone of this checkout whose stack runs in Docker Compose, used only through `make` and `docker`."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.settings import PROJECT_ROOT
from services.stack.native.scratch import port_settings
from tests.compose.containers import Containers
from tests.support.commands import Commands

_figures: list[str] = []


class Figures:
    """What the run measured; printed when all tests are over."""

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Measure a step in seconds."""
        started = time.monotonic()
        yield
        self.add(f"{time.monotonic() - started:7.1f} s    {what}")

    def add(self, line: str) -> None:
        """Keep a line for the end."""
        _figures.append(line)


@pytest.fixture(scope="session")
def figures() -> Figures:
    """The run's figures."""
    return Figures()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures below the results."""
    terminalreporter.section("Compose: times and memory")
    for line in _figures:
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh clone of the checkout."""
    folder = tmp_path_factory.mktemp("compose") / "pincloud"
    subprocess.run(["git", "clone", "--quiet", str(PROJECT_ROOT), str(folder)], check=True)
    return folder


@pytest.fixture(scope="session")
def clone(copy: Path) -> Iterator[Commands]:
    """The clone's commands, on free ports; the runtime is what they choose by themselves."""
    clone = Commands(own_environment(copy), copy)
    yield clone
    clone.make("clean")
    assert Containers(clone).left_behind() == []


@pytest.fixture(scope="session")
def containers(clone: Commands) -> Containers:
    """The clone's containers as Docker sees them."""
    return Containers(clone)


@pytest.fixture(scope="session")
def native(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    """Another clone, whose stack runs as processes."""
    folder = tmp_path_factory.mktemp("native") / "pincloud"
    subprocess.run(["git", "clone", "--quiet", str(PROJECT_ROOT), str(folder)], check=True)
    native = Commands({**own_environment(folder), "RUNTIME": "native"}, folder)
    yield native
    native.make("clean")


def own_environment(folder: Path) -> dict[str, str]:
    """Variables of a stack that meets no other one."""
    ports = {name.upper(): str(port) for name, port in port_settings().items()}
    return {**ports, "COLUMNS": "120"}
