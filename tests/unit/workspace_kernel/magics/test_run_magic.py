import linecache
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from services.workspace.kernel.dbutils.widgets import WidgetsUtils
from services.workspace.kernel.magics.command_line import MagicError
from services.workspace.kernel.magics.run_magic import RunMagic, parse_line
from services.workspace.kernel.process.notebook_chain import (
    NotebookChain,
    NotebookCycleError,
    NotebookExit,
)
from services.workspace.kernel.shell.shell import NotebookShell
from services.workspace.kernel.shell.tracebacks import format_error
from services.workspace.notebooks.notebook_errors import NotebookNotFound
from services.workspace.notebooks.notebook_library import NotebookLibrary

HEADER = "# Databricks notebook source\n"
NEXT = "\n# COMMAND ----------\n"


class Workspace:
    """A folder of notebooks, of which `/user/main` runs."""

    def __init__(self, root: Path, shell: NotebookShell) -> None:
        self.root = root
        self.names: dict[str, Any] = shell.user_ns
        self.widgets = WidgetsUtils({})
        chain = NotebookChain("/user/main")
        self.run = RunMagic(shell, NotebookLibrary(root), chain, self.widgets)
        register: Any = shell.register_magic_function
        register(self.run, magic_name="run")
        self.names["widgets"] = self.widgets

    def write(self, path: str, *cells: str) -> None:
        """Make a source notebook."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(HEADER + NEXT.join(cells))


@pytest.fixture
def workspace(tmp_path: Path, shell: NotebookShell) -> Workspace:
    """An empty one."""
    return Workspace(tmp_path, shell)


@pytest.mark.parametrize(
    ("line", "path", "values"),
    [
        ("./clean", "./clean", {}),
        ('"./Clean Pin Data" $mode="Stream"', "./Clean Pin Data", {"mode": "Stream"}),
        ("./Clean Pin Data $n=5 $a='b c'  # why", "./Clean Pin Data", {"n": "5", "a": "b c"}),
        ("/Users/me@x.com/a&b", "/Users/me@x.com/a&b", {}),
        ("./a#b", "./a#b", {}),
    ],
)
def test_a_line_holds_a_path_and_values(line: str, path: str, values: Mapping[str, str]) -> None:
    """Quotes are only needed where blanks would mislead."""
    assert parse_line(line) == (path, values)


@pytest.mark.parametrize("line", ["", "$mode='x'", '"./open'])
def test_a_line_without_a_path_says_what_is_wrong(line: str) -> None:
    """No guess is made."""
    with pytest.raises(MagicError, match="%run"):
        parse_line(line)


def test_names_of_the_other_notebook_are_ours(workspace: Workspace) -> None:
    """Nested paths start in the inner notebook's folder; code before a `%run` has run by then."""
    workspace.write("user/helpers.py", "prefix = 'a'\n%run ./classes/x\nboth = prefix + inner()")
    workspace.write("user/classes/x.py", "def inner():\n    return prefix + 'b'")
    workspace.run("./helpers")
    assert workspace.names["both"] == "aab"


def test_values_are_the_inner_notebooks_own(workspace: Workspace) -> None:
    """A later run without values finds the default."""
    code = "widgets.dropdown('mode', 'Batch', ['Batch', 'Stream'])\nmode = widgets.get('mode')"
    workspace.write("user/clean.py", code)
    workspace.run('./clean $mode="Stream"')
    assert workspace.names["mode"] == "Stream"
    workspace.run("./clean")
    assert workspace.names["mode"] == "Batch"


def test_a_missing_notebook_is_named(workspace: Workspace) -> None:
    """With what comes closest."""
    workspace.write("user/missing_data.py", "1")
    with pytest.raises(NotebookNotFound, match=r"^Notebook not found: \./missing.*missing_data"):
        workspace.run("./missing")


def test_a_cycle_is_refused_with_its_chain(workspace: Workspace) -> None:
    """Before anything runs twice; afterwards the chain is as before."""
    workspace.write("user/a.py", "%run ./b")
    workspace.write("user/b.py", "%run ./a")
    for _ in range(2):
        with pytest.raises(NotebookCycleError, match="/user/a → /user/b → /user/a"):
            workspace.run("./a")


def test_an_exit_ends_the_caller_too(workspace: Workspace) -> None:
    """Though the inner notebook catches every exception."""
    workspace.names["NotebookExit"] = NotebookExit
    workspace.write(
        "user/x.py", "try:\n    raise NotebookExit('v')\nexcept Exception:\n    pass", "y=1"
    )
    with pytest.raises(NotebookExit, match=r"^v$"):
        workspace.run("./x")
    assert "y" not in workspace.names


def test_an_error_names_the_inner_notebook_and_its_line(workspace: Workspace) -> None:
    """The file's own line, and the text of it as it was executed; none of the machinery's frames."""
    workspace.write(
        "user/x.py", "import math", "\n# MAGIC %python\n# MAGIC def f():\n# MAGIC     1/0\n"
    )
    workspace.write("user/y.py", "%run ./x", "f()")
    with pytest.raises(ZeroDivisionError) as caught:
        workspace.run("./y")
    texts = format_error(caught.value)
    frames = [
        text.strip() for text in texts if text.lstrip().startswith("File") and __file__ not in text
    ]
    assert frames == [
        'File "/user/y.py", line 4, in <module>\n    f()',
        'File "/user/x.py", line 7, in f\n    1/0\n    ~^~',
    ]
    assert linecache.getline("/user/x.py", 7) == "    1/0\n"


def test_a_syntax_error_names_the_inner_notebook_and_its_line(workspace: Workspace) -> None:
    """Also there the line is the file's."""
    workspace.write("user/x.py", "import math", "x = (1\n")
    with pytest.raises(SyntaxError) as caught:
        workspace.run("./x")
    assert (caught.value.filename, caught.value.lineno) == ("/user/x.py", 4)
