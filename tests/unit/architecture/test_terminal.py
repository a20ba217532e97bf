"""Every command prints through `services.terminal`: text of strangers is nowhere taken for markup."""

import ast
from collections.abc import Callable
from pathlib import Path

from services.settings import PROJECT_ROOT

_ROOMS = ("services", "spark_jobs", "benchmarks")
_ALLOWED = (
    "services/terminal.py",
    "services/setup/",  # runs while an image is built, where the rest is not there yet
)
_REFUSED = {"rich.markup", "rich.print", "rich.get_console"}
"""What makes markup of a text, or a console that does."""


def _uses(file: Path) -> list[str]:
    """`file:line` of each console of rich's own that is made, and of each way from a text to markup."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = _lines(tree, _is_markup)
    if "rich.console.Console" in _imported(tree):
        found += _lines(tree, _makes_console)
    return [f"{file.relative_to(PROJECT_ROOT).as_posix()}:{line}" for line in found]


def _lines(tree: ast.Module, is_meant: Callable[[ast.AST], bool]) -> list[int]:
    return [getattr(node, "lineno", 0) for node in ast.walk(tree) if is_meant(node)]


def _imported(tree: ast.Module) -> set[str]:
    return {
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def _makes_console(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Console"
    )


def _is_markup(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        names = {f"{node.module}.{alias.name}" for alias in node.names}
        return node.module in _REFUSED or bool(names & _REFUSED)
    if isinstance(node, ast.keyword):
        value = node.value
        return node.arg == "markup" and not (isinstance(value, ast.Constant) and not value.value)
    return isinstance(node, ast.Attribute) and node.attr in {"from_markup", "from_ansi"}


def test_no_command_makes_a_console_that_takes_text_for_markup() -> None:
    """`services.terminal.Console` is the one that prints; rich's own is a type elsewhere."""
    files = [file for room in _ROOMS for file in sorted((PROJECT_ROOT / room).rglob("*.py"))]
    uses = [use for file in files for use in _uses(file)]
    assert [use for use in uses if not use.startswith(_ALLOWED)] == []


def test_what_is_looked_for_is_found() -> None:
    """A check that sees nothing would pass for ever."""
    text = "from rich.console import Console\nfrom rich.markup import escape\nConsole()\nText.from_markup('')\n"
    tree = ast.parse(text)
    assert "rich.console.Console" in _imported(tree)
    assert _lines(tree, _makes_console) == [3]
    assert _lines(tree, _is_markup) == [2, 4]
