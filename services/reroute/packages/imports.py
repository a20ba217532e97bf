"""What a script imports, and the modules of its repository that it imports."""

import ast
import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_MOST_FILES = 200
_MOST_ABOVE = 3
_OPTIONAL = {"ImportError", "ModuleNotFoundError", "Exception"}


@dataclass
class Imports:
    """What was found.

    Attributes:
        names: Top-level modules of neither the repository nor Python.
        files: The sources, the script first.
    """

    names: set[str] = field(default_factory=set)
    files: list[Path] = field(default_factory=list)


def folders(script: Path) -> list[Path]:
    """The script's folder and those above it, to the repository's root."""
    found = [script.parent]
    for above in script.parent.parents[:_MOST_ABOVE]:
        if (found[-1] / ".git").exists():
            break
        found.append(above)
    rooted = any((folder / ".git").exists() for folder in found)
    return found if rooted else found[:1] + [f for f in found[1:2] if _is_package(script.parent)]


def _is_package(folder: Path) -> bool:
    return (folder / "__init__.py").is_file()


def imports(script: Path) -> Imports:
    """Follow the script's imports through its repository."""
    found, places, waiting = Imports(), folders(script), [script]
    while waiting and len(found.files) < _MOST_FILES:
        file = waiting.pop()
        if file in found.files:
            continue
        found.files.append(file)
        for name in _imported(file):
            if name.startswith("."):
                waiting.extend(_beside(name, file))
                continue
            own = list(_own(name, [file.parent, *places]))
            waiting.extend(own)
            top = name.partition(".")[0]
            if not own and top not in sys.stdlib_module_names and not _is_here(top, places):
                found.names.add(top)
    return found


def _beside(name: str, file: Path) -> Iterator[Path]:
    """What an import relative to a file's package names: one dot is its own folder, each more one above."""
    within = name.lstrip(".")
    place = file.parents[min(len(name) - len(within), len(file.parents)) - 1]
    return _own(within, [place]) if within else iter(())


def _is_here(top: str, places: list[Path]) -> bool:
    return any((place / top).is_dir() or (place / "src" / top).is_dir() for place in places)


def _imported(file: Path) -> set[str]:
    with contextlib.suppress(OSError, SyntaxError, ValueError, RecursionError):
        return set(_names(ast.parse(file.read_bytes())))
    return set()


def _names(node: ast.AST) -> Iterator[str]:
    """Dotted names, with leading dots where they are relative; not those whose absence the code expects."""
    if isinstance(node, ast.Try) and any(map(_expects_absence, node.handlers)):
        return
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        start = f"{'.' * node.level}{node.module or ''}"
        dot = "." if node.module else ""
        yield from (f"{start}{dot}{alias.name}" for alias in node.names)
        if node.module:
            yield start
    for child in ast.iter_child_nodes(node):
        yield from _names(child)


def _expects_absence(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or any(
        isinstance(node, ast.Name) and node.id in _OPTIONAL for node in ast.walk(handler.type)
    )


def _own(name: str, places: list[Path]) -> Iterator[Path]:
    parts = Path(*name.split("."))
    for place in places:
        for root in (place, place / "src"):
            for file in (root / parts.with_suffix(".py"), root / parts / "__init__.py"):
                if file.is_file():
                    yield file
                    return
