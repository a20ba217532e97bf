"""`python -m pincloud_reroute.notebook FILE.ipynb …`: a notebook's code cells, as one script."""

from __future__ import annotations

import json
import os
import re
import sys
from typing import Any

_MAGIC = re.compile(r"\s*([%!]|pip install |get_ipython\(\)\.(run_line_magic|system))")
_FOREIGN_CELL = re.compile(r"\s*%%(?!time\b|timeit\b|capture\b)")


def script(text: str) -> str:
    """The cells' code; a line of a magic or of the shell does nothing, and keeps its place."""
    cells = [cell for cell in json.loads(text)["cells"] if cell.get("cell_type") == "code"]
    return "\n".join(_cell("".join(cell.get("source", []))) for cell in cells) + "\n"


def _cell(source: str) -> str:
    if _FOREIGN_CELL.match(source):
        return "\n".join("# " + line for line in source.splitlines())
    return "\n".join(map(_line, source.splitlines()))


def _line(line: str) -> str:
    if not _MAGIC.match(line):
        return line
    indent = line[: len(line) - len(line.lstrip())]
    return f"{indent}pass  # {line.strip()}"


def display(*values: Any, **_: Any) -> None:
    """Jupyter's, as far as a terminal goes."""
    for value in values:
        print(value)  # noqa: T201  it is the user's output


def main() -> None:
    """Run it as the main program; its arguments are the notebook's."""
    del sys.argv[0]
    path = os.path.abspath(sys.argv[0])
    with open(path, encoding="utf-8") as file:
        code = compile(script(file.read()), path, "exec")
    namespace = sys.modules["__main__"].__dict__
    namespace.update(__name__="__main__", display=display)
    exec(code, namespace)  # noqa: S102  the user's own code is what this is for


if __name__ == "__main__":
    main()
