"""Databricks' magics, registered with the shell; `%md`, and the refusal of `%scala` and `%r`."""

from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

from IPython.core.magic import no_var_expand
from IPython.display import Markdown
from IPython.display import display as show

from services.workspace.kernel.magics.command_line import MagicError
from services.workspace.kernel.magics.pip_magic import pip
from services.workspace.kernel.magics.sh_magic import sh
from services.workspace.kernel.shell.shell import NotebookShell

Magic = Callable[..., None]


def register(shell: NotebookShell, run: Magic, sql: Magic, fs: Magic) -> None:
    """Register all of them; texts reach them as they are written."""
    lines: dict[str, Magic] = {"run": run, "pip": pip, "sql": sql, "fs": fs, "sh": sh}
    cells: dict[str, Magic] = {"sql": sql, "fs": fs, "sh": sh, "md": md, "md-sandbox": md}
    cells |= {name: partial(_refuse, name) for name in ("scala", "r")}
    for kind, magics in (("line", lines), ("cell", cells)):
        for name, function in magics.items():
            _register(shell, function, kind, name)


def _register(shell: NotebookShell, function: Magic, kind: str, name: str) -> None:
    literal = no_var_expand(partial(function))
    register_function: Any = shell.register_magic_function
    register_function(literal, magic_kind=kind, magic_name=name)


def md(line: str, cell: str = "") -> None:
    show(Markdown(f"{line}\n{cell}"))  # type: ignore[no-untyped-call]


def _refuse(name: str, line: str, cell: str = "") -> NoReturn:
    raise MagicError(
        f"%{name}: cells in this language cannot run here, only Python and SQL. "
        f"Rewrite the cell, or take it out. It begins: {f'{line} {cell}'.strip()[:60]}"
    )
