"""Packages that a script imports and Python has not, and Pythons that read it."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from services.reroute.errors import RerouteError
from services.reroute.packages import later_python, overlay
from services.reroute.packages.imports import imports
from services.reroute.packages.later_python import reading
from services.reroute.packages.missing import Missing, missing
from services.reroute.packages.prepared import prepare
from services.reroute.packages.requirements import requirements
from services.reroute.script import find_script

NEEDED = Missing("colorama", "colorama")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """An empty one."""
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    return tmp_path / "repo"


def _script(repository: Path, text: str, name: str = "post.py") -> Path:
    script = repository / name
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(text)
    return script


@pytest.mark.parametrize(
    ("file", "content", "found"),
    [
        ("requirements.txt", "a==1.0  # why\n-r b.txt\nC-d[x] >= 2, <3 ; python_version > '3'\n"
         "git+https://x/y\n--index-url http://x",
         {"a": "a==1.0", "c-d": "C-d[x]>=2,<3"}),
        ("requirements-dev.txt", "\ufeffa\r\n\r\n# b\r\n", {"a": "a"}),
        ("pyproject.toml", "[project]\ndependencies = ['a~=1.2']\noptional-dependencies = {x = ['b']}\n"
         "[tool.poetry.dependencies]\nc = '^1.2'\nd = {version = '>=2', extras = ['y']}",
         {"a": "a~=1.2", "b": "b", "c": "c", "d": "d>=2"}),
        ("Pipfile", "[packages]\na = '*'\nb = '==1.2'", {"a": "a", "b": "b==1.2"}),
        ("setup.cfg", "[options]\ninstall_requires =\n  a\n  b>1", {"a": "a", "b": "b>1"}),
        ("environment.yml", "dependencies:\n- a=1.5\n- conda-forge::b\n- c=1.2=py_0\n- d>=2\n- pip:\n  - e==3",
         {"a": "a==1.5.*", "b": "b", "c": "c==1.2.*", "d": "d>=2", "e": "e==3"}),
        ("pyproject.toml", "no toml [", {}),
        ("setup.py", "raise SystemExit", {}),
    ],
)  # fmt: skip
def test_what_a_repository_needs_is_read_from_its_files(
    file: str, content: str, found: dict[str, str], repository: Path
) -> None:
    """As text: options, addresses and versions in poetry's own words are left out."""
    (repository / file).write_text(content)
    assert requirements([repository]) == found


def test_imports_within_a_package_are_followed(repository: Path) -> None:
    """By their dots, of which each after the first is a folder up; none of their names is a package's."""
    for name, text in {
        "__init__.py": "",
        "client.py": "import simplejson\nfrom . import KEY\n",
        "deep/__init__.py": "from ..db import rows\n",
        "db.py": "import pymysql\n",
    }.items():
        _script(repository, text, f"emulator/{name}")
    script = _script(repository, "from . import client\nfrom .deep import x\n", "emulator/post.py")
    assert imports(script).names == {"simplejson", "pymysql"}


def test_imports_are_followed_through_the_repository(repository: Path) -> None:
    """Python's own, the repository's and those that may be absent are no packages."""
    script = _script(
        repository, "import os, utils.db, helper\ntry: import nice\nexcept ImportError: pass"
    )
    _script(repository, "import bbb.ccc\nfrom . import x", "utils/db.py")
    _script(repository, "def f():\n  from aaa import b", "helper.py")
    found = imports(script)
    assert found.names == {"aaa", "bbb"}
    assert next(file.name for file in found.files) == "post.py"
    assert {file.name for file in found.files} == {"post.py", "db.py", "helper.py"}


@pytest.mark.parametrize(
    ("text", "declared", "wanted"),
    [
        ("import tabulate", "", ["tabulate"]),
        ("import tabulate", "Tabulate==0.9.0", ["Tabulate==0.9.0"]),
        ("import reqeusts", "", []),
        ("import some_private_thing", "some-private.thing", ["some-private.thing"]),
        ("import mysql.connector", "", ["mysql-connector-python"]),
        ("from sqlalchemy import create_engine; create_engine('mysql+mysqlconnector://')", "",
         ["mysql-connector-python"]),
        ("import MySQLdb", "mysqlclient==2.2.0", []),
        ("import yaml, requests, boto3, db_creds, imp", "", []),
        ("import cv2, jose", "", ["opencv-python-headless", "python-jose"]),
    ],
)  # fmt: skip
def test_only_what_somebody_has_named_is_installed(
    text: str, declared: str, wanted: list[str], repository: Path
) -> None:
    """A mistyped import is nobody's package; what is installed stays."""
    (repository / "requirements.txt").write_text(declared)
    found = missing(_script(repository, text), sys.executable)
    assert [one.requirement for one in found] == wanted


def test_an_overlay_is_made_once_and_is_whole_or_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Versions that this Python has not are left open; what cannot be had is named with what to do."""
    monkeypatch.setenv("PINCLOUD_CACHE", str(tmp_path / "cache"))
    asked: list[list[str]] = []

    def install(target: Path, wanted: list[str], _: str) -> str:
        asked.append(wanted)
        target.mkdir()
        return "no wheels" if "gone" in wanted or "old==1" in wanted else ""

    monkeypatch.setattr(overlay, "_install", install)
    said: list[str] = []
    old = [Missing("old", "old==1")]
    first = overlay.ensure_overlay(old, sys.executable, "cpython-311", said.append)
    assert overlay.ensure_overlay(old, sys.executable, "cpython-311", said.append) == first
    assert asked == [["old==1"], ["old"]]
    assert first.is_dir()
    assert [line.split()[0] for line in said] == ["installing", "there"]
    with pytest.raises(
        RerouteError, match=r"(?s)gone could not be installed: no wheels.*INTERPRETER="
    ):
        overlay.ensure_overlay([Missing("gone", "gone")], sys.executable, "x", said.append)
    assert len(list((tmp_path / "cache").glob("packages-*[!k]"))) == 1


def test_nothing_is_fetched_where_it_is_forbidden(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """INSTALL=0 names what is missing."""
    monkeypatch.setattr(overlay, "_install", pytest.fail)
    script = find_script(str(_script(repository, "import tabulate")), [], None)
    said: list[str] = []
    assert prepare(script, chosen=False, install=False, say=said.append) == (script, {})
    assert said == ["not installed, as INSTALL=0 says: tabulate"]


@pytest.mark.parametrize(
    "text", ["print 'x'", "try: pass\nexcept E, e: pass", 'import a\nprint "%s" % a']
)
def test_python_2_is_refused_with_one_sentence(text: str, repository: Path) -> None:
    """It names the line and the program that translates."""
    with pytest.raises(RerouteError, match=r"is Python 2 \(line \d.*2to3"):
        reading([_script(repository, text)])


def test_a_later_python_of_this_machine_reads_what_ours_cannot(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first that can parse it; where none can, Python itself says what is wrong."""
    asked: list[Sequence[str]] = []

    def parses(python: str, names: Sequence[str]) -> bool:
        asked.append(names)
        return python == "new"

    monkeypatch.setattr(later_python, "_installed", lambda: iter(["old", "new"]))
    monkeypatch.setattr(later_python, "_parses", parses)
    readable, not_ours = (
        _script(repository, "x = 1", "a.py"),
        _script(repository, "type = = X", "b.py"),
    )
    assert reading([readable]) is None
    assert asked == []
    assert reading([readable, not_ours]) == "new"
    assert asked == [[str(not_ours)]] * 2
    monkeypatch.setattr(later_python, "_installed", lambda: iter(["old"]))
    assert reading([not_ours]) is None
