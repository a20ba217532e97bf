"""How a script is started: as a file, as a module of its package, or as a notebook's cells."""

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path

from services.reroute.errors import RerouteError

_NOTEBOOK_RUNNER = "pincloud_reroute.notebook"
OF_THE_WORKSPACE = re.compile(r"\b(dbutils|spark)\s*\.")
_SHELL = re.compile(rb"#!.*\b(sh|bash|zsh|dash)\b")


@dataclass(frozen=True)
class Program:
    """What Python is told to run.

    Attributes:
        folder: Where it runs.
        words: Python's arguments, without the script's own.
    """

    folder: Path
    words: tuple[str, ...]


def program(script: Path) -> Program:
    """As its author started it.

    Raises:
        RerouteError: it is a notebook of the workspace's, or no Python.
    """
    if script.suffix == ".ipynb":
        return _notebook(script)
    content = script.read_bytes()
    if _SHELL.match(content):
        raise RerouteError(
            f"{script} is a shell script. Name the Python file that it starts: SCRIPT=<file>.py, with its arguments "
            "in ARGS."
        )
    root = _package_root(script)
    if root is not None and _needs_package(content, root, script):
        parts = script.relative_to(root).with_suffix("").parts
        return Program(root, ("-m", ".".join(parts).removesuffix(".__main__")))
    return Program(script.parent, (script.name,))


def _package_root(script: Path) -> Path | None:
    """The folder that holds the script's outermost package; None outside of packages."""
    packages = []
    for folder in script.parents:
        if not (folder / "__init__.py").is_file() and not (folder / "__main__.py").is_file():
            break
        packages.append(folder)
    return packages[-1].parent if packages else None


def _needs_package(content: bytes, root: Path, script: Path) -> bool:
    """Whether it imports relatively, or by the package's own name."""
    try:
        nodes = list(ast.walk(ast.parse(content)))
    except (SyntaxError, ValueError, RecursionError):
        return False
    own = script.relative_to(root).parts[0]
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            if node.level:
                return True
            names.append(node.module or "")
    beside = (script.parent / own).exists() or (script.parent / f"{own}.py").exists()
    return not beside and any(name.partition(".")[0] == own for name in names)


def _notebook(script: Path) -> Program:
    try:
        cells = json.loads(script.read_text(encoding="utf-8"))["cells"]
        code = "\n".join("".join(one["source"]) for one in cells if one["cell_type"] == "code")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise RerouteError(f"{script} is no notebook that can be read ({error!r}).") from error
    if OF_THE_WORKSPACE.search(code):
        raise RerouteError(
            f"{script} is a notebook of Databricks. Those run in the workspace: `make notebooks`."
        )
    return Program(script.parent, ("-m", _NOTEBOOK_RUNNER, script.name))
