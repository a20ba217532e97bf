"""What is found in a folder of old code, and the command for each part."""

import io
import json
import os
from pathlib import Path

import pytest

from services.reroute.cli import main
from services.reroute.folder.listing import show_folder
from services.reroute.folder.survey import survey
from services.settings import Settings
from services.terminal import Console

POSTS = "import requests\nrequests.post('https://x.execute-api.y.amazonaws.com/topics/a.pin')\n"
HELPER = "import requests\ndef send(u, d):\n    return requests.post(u + '/topics/' + d)\n"
NOTEBOOK = json.dumps({"cells": [], "nbformat": 4})
DAG = "from airflow import DAG\nwith DAG('pins_dag', schedule=None) as dag:\n    pass\n"
TASKFLOW = (
    "from airflow.decorators import dag\n@dag(schedule=None)\ndef flow():\n    pass\nflow()\n"
)


def _write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def _said(root: Path) -> str:
    output = io.StringIO()
    show_folder(Console(file=output, width=40), root, Settings())
    return output.getvalue()


def test_files_are_told_apart_by_what_stands_in_them(tmp_path: Path) -> None:
    """Not by their names; a script may post by way of a module beside it or above it."""
    _write(
        tmp_path,
        {
            "main.py": "from lib.sender import send\nsend('a', 'b')\n",
            "lib/__init__.py": "",
            "lib/sender.py": HELPER,
            "notebook.py": POSTS,
            "emulation.py": "# Databricks notebook source\nspark.read.json('x')\n",
            "cleaning.ipynb": NOTEBOOK,
            "posting.ipynb": json.dumps({"cells": [{"cell_type": "code", "source": [POSTS]}]}),
            "queries.sql": "-- Databricks notebook source\nSELECT 1\n",
            "dump.sql": "INSERT INTO x VALUES (1);",
            "script.py": DAG,
            "flow.py": TASKFLOW,
            "tools.py": "print(1)\n",
            "old.py": "print 'two'\n",
            "load.scala": "object X",
            "venv/pyvenv.cfg": "",
            "venv/lib/x.py": POSTS,
            ".git/hook.py": POSTS,
        },
    )
    found = survey(tmp_path)
    assert [path.name for path in found.scripts] == ["main.py", "notebook.py", "posting.ipynb"]
    names = {path.name for path in found.notebooks}
    assert names == {"emulation.py", "cleaning.ipynb", "queries.sql"}
    assert {path.name: ids for path, ids in found.dags.items()} == {
        "script.py": ("pins_dag",),
        "flow.py": ("flow",),
    }
    assert {path.name for path in found.modules} == {"__init__.py", "sender.py"}
    assert {path.name for path in found.unknown} == {"tools.py", "old.py", "load.scala"}


def test_each_part_has_its_command(tmp_path: Path) -> None:
    """As one can paste it into a shell, whatever the folder is called."""
    root = tmp_path / "it's $mine"
    _write(root, {"post.py": POSTS, "clean.ipynb": NOTEBOOK, "pins.py": DAG})
    said = _said(root)
    quoted = str(root).replace("'", "'\"'\"'")
    assert f"make run SCRIPT='{quoted.replace('$', '$$')}/post.py'" in said
    assert f"cp '{quoted}/clean.ipynb' spark_jobs/notebooks/user/ && make notebooks" in said
    assert f"cp '{quoted}/pins.py' airflow/dags/user/ && make dag-run DAG=pins_dag" in said


def test_hostile_files_change_nothing_of_what_is_shown(tmp_path: Path) -> None:
    """Control characters in names, pipes, loops of links, bytes that are no text, nesting without end."""
    _write(tmp_path, {"a\x1b[31m\nb.py": POSTS, "deep.py": "(" * 5000, "bad.ipynb": "[" * 100000})
    (tmp_path / "bytes.py").write_bytes(b"\xff\xfe")
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "gone.py").symlink_to(tmp_path / "nothing")
    said = _said(tmp_path)
    assert "\x1b" not in said
    assert "rename it first" in said
    for name in ("deep.py", "bad.ipynb", "bytes.py", "pipe.py", "gone.py"):
        assert f"\n  {name}: " in said


def test_a_folder_is_listed_and_nothing_is_started(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 0, and no gateway is asked."""
    assert main([str(tmp_path)]) == 0
    assert "posting scripts: none found" in capsys.readouterr().out
