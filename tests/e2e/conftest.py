"""A clone of this checkout, used only through `make`."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.settings import PROJECT_ROOT
from services.stack.machine.processes import stack_processes
from services.stack.native.scratch import port_settings
from tests.support.commands import Commands


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    """A fresh clone with ports of its own; whatever it started is ended when the module is over."""
    folder = tmp_path_factory.mktemp("clone") / "pincloud"
    subprocess.run(["git", "clone", "--quiet", str(PROJECT_ROOT), str(folder)], check=True)
    clone = Commands(_environment(folder), folder)
    yield clone
    clone.make("clean")
    assert stack_processes(folder / ".state") == []


def _environment(folder: Path) -> dict[str, str]:
    """Free ports, and the clone's own state: another stack of this session has set its own variables."""
    ports = {name.upper(): str(port) for name, port in port_settings().items()}
    return {
        **ports,
        "STATE_DIR": str(folder / ".state"),
        "ENV_FILE": str(folder / ".env"),
        "USER_DAGS_DIR": str(folder / "airflow" / "dags" / "user"),
        "RUNTIME": "native",
        "COLUMNS": "120",
    }


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real rows that others published, named by $REAL_DATA."""
    folder = os.environ.get("REAL_DATA")
    if not folder:
        pytest.skip("REAL_DATA is not set: it names a folder of the course's real rows")
    return Path(folder).resolve()
