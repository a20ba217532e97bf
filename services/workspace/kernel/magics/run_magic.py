"""`%run`: another notebook's cells, executed here."""

import shlex
from collections.abc import Mapping
from typing import Any

from services.workspace.kernel.dbutils.widgets import Widgets
from services.workspace.kernel.magics.magic_error import MagicError
from services.workspace.kernel.process.cell_compiler import Place, place
from services.workspace.kernel.process.notebook_chain import NotebookChain
from services.workspace.kernel.process.notices import say
from services.workspace.kernel.process.shell import NotebookShell
from services.workspace.notebooks.notebook_library import NotebookLibrary
from services.workspace.notebooks.notebook_reader import read_notebook


class RunMagic:
    """Runs a notebook in the caller's namespace; only its widgets may get values of their own."""

    def __init__(
        self, shell: NotebookShell, library: NotebookLibrary, chain: NotebookChain, widgets: Widgets
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
        path, values = parse(line)
        notebook = read_notebook(self._library.find(path, relative_to=self._chain.current))
        if notebook.notice:
            say(notebook.notice)
        cells = [cell for cell in notebook.cells if cell.is_executed]
        with self._chain.entered(notebook.path), self._widgets.given(values):
            for number, cell in enumerate(cells, start=1):
                where = place(notebook.path, notebook.file, cell.source, number, cell.line)
                self._execute(cell.source, where)

    def _execute(self, source: str, where: Place) -> None:
        """Execute a cell; the value of its last line is not shown, as in a module."""
        compiler: Any = self._shell.compile
        shell: Any = self._shell
        code = shell.transform_cell(source)
        with compiler.at(where):
            name = compiler.cache(code)
            tree = compiler.ast_parse(code, filename=name)
        exec(compiler(tree, name, "exec"), self._shell.user_global_ns, self._shell.user_ns)  # noqa: S102 - the notebook's own code


def parse(line: str) -> tuple[str, Mapping[str, str]]:
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
    lexer = shlex.shlex(line, posix=True)
    lexer.whitespace_split, lexer.escape, lexer.commenters = True, "", ""
    try:
        words = list(lexer)
    except ValueError as error:
        raise MagicError(f"%run {line}: {error}. Close the quotes, or leave them out.") from None
    comment = next((n for n, word in enumerate(words) if word.startswith("#")), len(words))
    return words[:comment]
