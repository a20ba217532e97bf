"""A script is started as its author started it: a file, a module of a package, a notebook."""

import json
from pathlib import Path

import pytest

from services.reroute.injected.pincloud_reroute.notebook import script
from services.reroute.program import program


@pytest.mark.parametrize(
    ("file", "text", "folder", "words"),
    [
        ("post.py", "import helper", ".", ("post.py",)),
        ("src/feed/__main__.py", "from . import db", "src", ("-m", "feed")),
        ("src/feed/__main__.py", "import json", "src/feed", ("__main__.py",)),
        ("src/feed/run.py", "from feed.db import x", "src", ("-m", "feed.run")),
        ("src/feed/run.py", "import db", "src/feed", ("run.py",)),
        ("src/feed/run.py", "def broken(", "src/feed", ("run.py",)),
        ("src/feed/sub/run.py", "from ..db import x", "src", ("-m", "feed.sub.run")),
    ],
)
def test_a_module_that_needs_its_package_is_run_from_above_it(
    file: str, text: str, folder: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    """Relative imports, or imports by the package's own name; any other file runs in its own folder."""
    for package in ("src/feed", "src/feed/sub"):
        (tmp_path / package).mkdir(parents=True)
        (tmp_path / package / "__init__.py").touch()
    (tmp_path / file).write_text(text)
    found = program(tmp_path / file)
    assert (found.folder, found.words) == (tmp_path / folder, words)


def test_a_notebook_that_only_posts_is_run_as_a_script(tmp_path: Path) -> None:
    """In its own folder."""
    cell = {"cell_type": "code", "source": ["import requests"]}
    (tmp_path / "post.ipynb").write_text(json.dumps({"cells": [cell]}))
    found = program(tmp_path / "post.ipynb")
    assert found.folder == tmp_path
    assert found.words[-1] == "post.ipynb"


def test_magics_of_a_notebook_do_nothing_and_lines_keep_their_place() -> None:
    """Also where a magic is a block's only line; cells of other languages are left out."""
    cells = [
        {"cell_type": "markdown", "source": ["# title"]},
        {"cell_type": "code", "source": ["%pip install x\n", "if True:\n", "    !ls\n", "a = 1"]},
        {"cell_type": "code", "source": ["%%bash\n", "ls"]},
        {"cell_type": "code", "source": ["%%time\n", "b = a % 2"]},
    ]
    names: dict[str, int] = {}
    code = script(json.dumps({"cells": cells}))
    exec(compile(code, "x", "exec"), names)  # noqa: S102  a text of this very test
    assert (names["a"], names["b"]) == (1, 1)
    assert code.splitlines()[3] == "a = 1"
