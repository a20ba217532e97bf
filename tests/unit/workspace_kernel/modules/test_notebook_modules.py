"""A neighbouring notebook can be imported."""

import importlib
import json
import sys
import traceback
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

import pytest
from pyspark import cloudpickle

from services.settings import Settings
from services.workspace.driver_files.places import DbfsPlaces
from services.workspace.kernel.modules.notebook_finder import NotebookFinder

SOURCE = "# Databricks notebook source\n"
NEXT = "\n# COMMAND ----------\n"
NAMES = {"spark": "the session", "dbutils": "the utilities", "display": print}


@pytest.fixture
def notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The user's folder of a workspace, which is also the working folder."""
    settings = Settings(workspace_dir=tmp_path / "notebooks", state_dir=tmp_path / "state")
    folder = settings.workspace_dir / "user"
    folder.mkdir(parents=True)
    before = set(sys.modules)
    finder = NotebookFinder(lambda: NAMES, DbfsPlaces(settings))
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    others = [found for found in sys.meta_path if found is not PathFinder]
    monkeypatch.setattr(sys, "meta_path", [*others, finder, PathFinder])
    monkeypatch.chdir(folder)
    importlib.invalidate_caches()
    yield folder
    for name in set(sys.modules) - before:
        del sys.modules[name]


def _ipynb(file: Path, *cells: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    code = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": c} for c in cells]
    file.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": code}))


def _load(name: str) -> Any:
    return importlib.import_module(name)


def test_an_ipynb_is_a_module(notebooks: Path) -> None:
    """With what notebooks find in themselves; its code may use names of cells before."""
    _ipynb(notebooks / "clean_pins.ipynb", "limit = 3", "def clean(): return spark, limit")
    module = _load("clean_pins")
    assert module.clean() == ("the session", 3)
    assert (module.dbutils, module.__name__) == ("the utilities", "clean_pins")
    assert module.__file__ == str(notebooks / "clean_pins.ipynb")


@pytest.mark.parametrize(
    "magic",
    [
        "%sql\nselect 1",
        "%sh ls",
        "%md\n# Title",
        "%pip install requests",
        "# a comment\n%fs ls /",
        "!ls",
        "files = !ls",
        "%matplotlib inline\nx = 1",
        "%%bash\necho",
        "%scala\nval x = 1",
        "?print",
    ],
)
def test_magics_are_skipped(notebooks: Path, magic: str) -> None:
    """Of each kind; the other cells run."""
    _ipynb(notebooks / "with_magic.ipynb", "before = 1", magic, "%python\nafter = 2")
    module = _load("with_magic")
    assert (module.before, module.after) == (1, 2)


def test_run_brings_the_other_notebooks_names(notebooks: Path) -> None:
    """Relative to the notebook that asks; a circle ends."""
    _ipynb(notebooks / "lib" / "top.ipynb", '%run "./base" $mode="x"', "both = base + 1")
    _ipynb(notebooks / "lib" / "base.ipynb", "%run ./top", "base = 1")
    assert _load("lib.top").both == 2


def test_a_notebook_in_source_format_is_one_too(notebooks: Path) -> None:
    """Where Python would take it for a program without `spark`, or for no Python at all."""
    cells = [
        "def rows(): return spark",
        "# MAGIC %sql\n# MAGIC select 1",
        "%pip install x",
        "y = 1",
    ]
    (notebooks / "in_source.py").write_text(SOURCE + NEXT.join(cells))
    assert (_load("in_source").rows(), _load("in_source").y) == ("the session", 1)


def test_a_plain_module_is_pythons_own(notebooks: Path) -> None:
    """It gets no names; and a library is never replaced by a notebook of its name."""
    (notebooks / "plain.py").write_text("names = dir()")
    _ipynb(notebooks / "plain.ipynb", "names = ['notebook']")
    _ipynb(notebooks / "colorsys.ipynb", "names = ['notebook']")
    assert "spark" not in _load("plain").names
    assert not hasattr(_load("colorsys"), "names")


def test_packages_and_folders_hold_notebooks(notebooks: Path) -> None:
    """With and without `__init__.py`, relative imports included."""
    _ipynb(notebooks / "pack" / "inner.ipynb", "from .plain import one", "two = one + 1")
    (notebooks / "pack" / "plain.py").write_text("one = 1")
    (notebooks / "pack" / "__init__.py").touch()
    _ipynb(notebooks / "folder" / "inner.ipynb", "three = 3")
    assert (_load("pack.inner").two, _load("folder.inner").three) == (2, 3)


@pytest.mark.parametrize(
    "entry",
    [
        "..",
        "/Workspace/Repos/me@mail.com/shared_code",
        "/Workspace/Users/me@mail.com/shared_code",
        "/Workspace/user/shared_code",
        "/Repos/me@mail.com/shared_code",
        "/dbfs/FileStore/shared_code",
    ],
)
def test_the_module_path_may_be_databricks_own(
    notebooks: Path, entry: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`sys.path.append` of what a folder is there; for notebooks and for plain modules."""
    folder = notebooks / "shared_code"
    if entry == "..":
        (folder / "below").mkdir(parents=True)
        monkeypatch.chdir(folder / "below")
    if entry.startswith("/dbfs"):
        folder = notebooks.parents[1] / "state" / "dbfs" / "FileStore" / "shared_code"
    _ipynb(folder / "from_there.ipynb", "x = 1")
    (folder / "plain_there.py").write_text("y = 2")
    sys.path.append(entry)
    assert (_load("from_there").x, _load("plain_there").y) == (1, 2)


def test_signs_of_a_file_name_may_be_underscores(notebooks: Path) -> None:
    """Names of notebooks hold blanks, which no import can."""
    _ipynb(notebooks / "Clean Pins-2.ipynb", "x = 1")
    assert _load("Clean_Pins_2").x == 1


def test_a_module_that_is_nowhere_is_missing(notebooks: Path) -> None:
    """As ever."""
    sys.path.append("/Workspace/Repos/none")
    with pytest.raises(ModuleNotFoundError, match="No module named 'nowhere_at_all'"):
        _load("nowhere_at_all")


def test_an_error_names_the_notebook_and_its_line(notebooks: Path) -> None:
    """The cell's own lines are in the traceback; the next import tries again."""
    _ipynb(notebooks / "broken.ipynb", "x = 1", "\n1 / 0  # here")
    with pytest.raises(ZeroDivisionError) as raised:
        _load("broken")
    text = "".join(traceback.format_exception(raised.value))
    assert 'File "/user/broken, cell 2", line 2' in text
    assert "1 / 0  # here" in text
    _ipynb(notebooks / "broken.ipynb", "x = 1")
    assert _load("broken").x == 1


def test_functions_of_a_notebook_travel_whole(notebooks: Path) -> None:
    """A Spark worker cannot import it."""
    _ipynb(notebooks / "travelling.ipynb", "limit = 2\ndef over(n): return n > limit")
    pickler: Any = cloudpickle
    sent = pickler.dumps(_load("travelling").over)
    del sys.modules["travelling"]
    (notebooks / "travelling.ipynb").unlink()
    assert pickler.loads(sent)(3) is True
