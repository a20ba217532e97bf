"""Executes a notebook's cells as a module's code; its magics are skipped, but for `%run` and `%python`."""

from collections.abc import Callable, Mapping
from importlib.abc import Loader
from pathlib import Path
from shlex import split
from types import ModuleType
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager, leading_empty_lines
from pyspark import cloudpickle

from services.workspace.driver_files.workspace_folders import WorkspaceFolders
from services.workspace.kernel.shell.cell_compiler import CellCompiler, locate_cell
from services.workspace.kernel.shell.input_transform import transform
from services.workspace.notebooks.notebook import Notebook
from services.workspace.notebooks.notebook_library import NotebookLibrary
from services.workspace.notebooks.notebook_location import NotebookLocation
from services.workspace.notebooks.notebook_reader import read_notebook

_by_value: Any = cloudpickle.register_pickle_by_value
_TransformerManager: Any = TransformerManager


class NotebookLoader(Loader):
    """Loads one notebook; functions of it travel to Spark's workers whole, since those cannot import it."""

    def __init__(
        self,
        name: str,
        file: Path,
        names: Callable[[], Mapping[str, object]],
        folders: WorkspaceFolders,
    ) -> None:
        self.name = name
        self.file = file
        self._names = names
        self._folders = folders

    def exec_module(self, module: ModuleType) -> None:
        """Execute the cells in the module; what one raises is the import's error."""
        path = self._folders.workspace_path(self.file) or f"/{self.file.stem}"
        location = NotebookLocation(f"{path}{self.file.suffix}", self.file)
        vars(module).update(self._names())
        _Execution(vars(module), self._folders).run(read_notebook(location))
        _by_value(module)


class _Execution:
    """Notebooks that fill one module.

    It is their `get_ipython()` too, by which IPython spells magics.
    """

    def __init__(self, namespace: dict[str, Any], folders: WorkspaceFolders) -> None:
        self._namespace = namespace
        self._folders = folders
        self._running: list[str] = []
        namespace["get_ipython"] = lambda: self

    def run(self, notebook: Notebook) -> None:
        """Execute all cells."""
        self._running.append(notebook.path)
        cells = [cell for cell in notebook.cells if cell.is_executed]
        for number, cell in enumerate(cells, start=1):
            compiler: Any = CellCompiler()
            code = _transformer().transform_cell(cell.source)
            with compiler.at(
                locate_cell(notebook.path, notebook.file, cell.source, number, cell.line)
            ):
                name = compiler.cache(code)
                tree = compiler.ast_parse(code, filename=name)
            exec(compiler(tree, name, "exec"), self._namespace)  # noqa: S102 - the notebook's own code
        self._running.pop()

    def run_line_magic(self, name: str, line: str, *_: Any, **__: Any) -> None:
        """Take in the notebook of a `%run`; anything else is for who reads the notebook."""
        if name == "run":
            path = next(iter(split(line.partition(" $")[0], comments=True)), "")
            library = NotebookLibrary(self._folders.root)
            location = library.find(path, relative_to=self._running[-1])
            if location.path not in self._running:
                self.run(read_notebook(location))

    def run_cell_magic(self, *_: Any) -> None:
        """Leave it out."""

    def system(self, _command: str) -> None:
        """Leave it out."""

    def getoutput(self, _command: str, *_: Any, **__: Any) -> list[str]:
        """Give what a command says that did not run."""
        return []


def _transformer() -> Any:
    manager: Any = _TransformerManager()
    manager.cleanup_transforms.remove(leading_empty_lines)
    manager.cleanup_transforms.insert(0, transform)
    return manager
