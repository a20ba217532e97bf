"""A notebook's shell without a kernel."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from services.workspace.kernel.shell.cell_compiler import CellCompiler
from services.workspace.kernel.shell.shell import NotebookShell


@pytest.fixture(scope="session")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NotebookShell]:
    """One for all tests; it keeps no history, nothing in the user's home, and colours no later test's commands."""
    environment = dict(os.environ)
    folder: Path = tmp_path_factory.mktemp("ipython")
    quiet = Config({"HistoryManager": {"enabled": False}})
    shell = NotebookShell(compiler_class=CellCompiler, ipython_dir=str(folder), config=quiet)
    os.environ.clear()
    os.environ.update(environment)
    yield shell
    InteractiveShell.clear_instance()
