"""`%run`: another notebook's cells, executed here."""

from collections.abc import Mapping
from shlex import shlex
from typing import Any

from services.workspace.kernel.dbutils.widgets import WidgetsUtils
from services.workspace.kernel.magics.command_line import MagicError, split_words
from services.workspace.kernel.process.notebook_chain import NotebookChain
from services.workspace.kernel.process.output import print_line
from services.workspace.kernel.shell.cell_compiler import CellLocation, locate_cell
from services.workspace.kernel.shell.shell import NotebookShell
from services.workspace.notebooks.notebook_library import NotebookLibrary
from services.workspace.notebooks.notebook_reader import read_notebook


class RunMagic:
    """Runs a notebook in the caller's namespace; only its widgets may get values of their own."""

    def __init__(
        self,
        shell: NotebookShell,
        library: NotebookLibrary,
        chain: NotebookChain,
        widgets: WidgetsUtils,
    ) -> None:
        self._shell = shell
        self._library = library
        self._chain = chain
        self._widgets = widgets

    def __call__(self, line: str) -> None:
        """Execute `%run <path> [$name="value"]…`; what a cell raises goes to the caller.

        Raises:
            NotebookError: there is no such notebook, or several, or it cannot be read.
            NotebookCycleError: it is running already.
        """
        path, values = parse_line(line)
        notebook = read_notebook(self._library.find(path, relative_to=self._chain.current))
        if notebook.notice:
            print_line(notebook.notice)
        cells = [cell for cell in notebook.cells if cell.is_executed]
        with self._chain.entered(notebook.path), self._widgets.overriding(values):
            for number, cell in enumerate(cells, start=1):
                location = locate_cell(notebook.path, notebook.file, cell.source, number, cell.line)
                self._execute(cell.source, location)

    def _execute(self, source: str, location: CellLocation) -> None:
        """Execute a cell; the value of its last line is not shown, as in a module."""
        compiler: Any = self._shell.compile
        shell: Any = self._shell
        code = shell.transform_cell(source)
        with compiler.at(location):
            name = compiler.cache(code)
            tree = compiler.ast_parse(code, filename=name)
        exec(compiler(tree, name, "exec"), self._shell.user_global_ns, self._shell.user_ns)  # noqa: S102 - the notebook's own code


def parse_line(line: str) -> tuple[str, Mapping[str, str]]:
    """The path and the values of a `%run` line; a path with blanks need not be quoted.

    Raises:
        MagicError: there is no path, or a quote is not closed.
    """
    words = _words(line)
    given = [word for word in words if _is_value(word)]
    path = " ".join(word for word in words if not _is_value(word))
    if not path:
        raise MagicError("%run needs the path of a notebook, such as `%run ./helpers`.")
    pairs = (word[1:].partition("=") for word in given)
    return path, {name: value for name, _, value in pairs}


def _is_value(word: str) -> bool:
    name, equals, _ = word.partition("=")
    return name.startswith("$") and name[1:].isidentifier() and bool(equals)


def _words(line: str) -> list[str]:
    lexer = shlex(line, posix=True)
    lexer.escape, lexer.commenters = "", ""
    words = split_words("run", line, lexer)
    comment = next((n for n, word in enumerate(words) if word.startswith("#")), len(words))
    return words[:comment]
