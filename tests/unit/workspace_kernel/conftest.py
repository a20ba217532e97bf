"""A notebook's shell without a kernel."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from services.workspace.kernel.places import CellCompiler
from services.workspace.kernel.shell import NotebookShell


@pytest.fixture(scope="session")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NotebookShell]:
    """One for all tests; it keeps no history and nothing in the user's home."""
    folder: Path = tmp_path_factory.mktemp("ipython")
    quiet = Config({"HistoryManager": {"enabled": False}})
    yield NotebookShell(compiler_class=CellCompiler, ipython_dir=str(folder), config=quiet)
    InteractiveShell.clear_instance()
