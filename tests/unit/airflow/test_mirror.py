"""Airflow reads a migrated copy of the user's folder."""

from pathlib import Path

import pytest
from dag_migration.mirror import Mirror

OLD = "from airflow import DAG\nwith DAG({id!r}, schedule_interval='@daily'):\n    pass\n"


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    """A mirror of an empty folder."""
    (tmp_path / "user").mkdir()
    return Mirror(
        tmp_path / "user", tmp_path / "dags", tmp_path / "changes", taken="0a1b2c3d4e5f_dag"
    )


def put(mirror: Mirror, name: str, text: str | bytes) -> Path:
    """Put a file into the user's folder; return where its copy will be."""
    file = mirror.source / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return mirror.copies / name


def test_the_copy_is_migrated_and_ends_with_what_was_changed(mirror: Mirror) -> None:
    """The user's file is not touched, and each line keeps its number."""
    copy = put(mirror, "mine.py", OLD.format(id="mine"))
    mirror.refresh()
    lines = copy.read_text().splitlines()
    assert lines[1] == "with DAG('mine', schedule='@daily'):"
    assert "# -with DAG('mine', schedule_interval='@daily'):" in lines[3:]
    assert (mirror.source / "mine.py").read_text() == OLD.format(id="mine")
    assert "+with DAG('mine', schedule='@daily'):" in (mirror.changes / "mine.py.diff").read_text()


def test_everything_else_comes_along_as_it_is(mirror: Mirror) -> None:
    """Helpers, SQL and other files, in their folders; hidden files and byte code do not, `.airflowignore` does."""
    ignored = put(mirror, "old/.airflowignore", "mine_old.py")
    helper = put(mirror, "helpers/names.py", "NAME = 'x'\n")
    query = put(mirror, "sql/query.sql", b"select '\xff'")
    hidden, code = put(mirror, ".git/config", "x"), put(mirror, "__pycache__/mine.pyc", b"x")
    mirror.refresh()
    assert (helper.read_text(), query.read_bytes()) == ("NAME = 'x'\n", b"select '\xff'")
    assert not hidden.exists()
    assert ignored.read_text() == "mine_old.py"
    assert not code.exists()
    assert not list(mirror.changes.rglob("*.diff"))


def test_a_copy_is_written_only_when_its_file_changed(mirror: Mirror) -> None:
    """Airflow reads a file anew when its time changes."""
    copy = put(mirror, "mine.py", OLD.format(id="mine"))
    mirror.refresh()
    before = copy.stat().st_mtime_ns
    mirror.refresh()
    Mirror(mirror.source, mirror.copies, mirror.changes).refresh()
    assert copy.stat().st_mtime_ns == before
    put(mirror, "mine.py", OLD.format(id="another"))
    mirror.refresh()
    assert "DAG('another', schedule=" in copy.read_text()


def test_what_vanishes_takes_its_copy_along(mirror: Mirror) -> None:
    """Also what vanished while no Airflow ran."""
    copy = put(mirror, "sub/mine.py", OLD.format(id="mine"))
    kept = put(mirror, "kept.py", OLD.format(id="kept"))
    mirror.refresh()
    (mirror.source / "sub/mine.py").unlink()
    Mirror(mirror.source, mirror.copies, mirror.changes).refresh()
    assert kept.exists()
    assert not copy.parent.exists()
    assert [file.name for file in mirror.changes.rglob("*.diff")] == ["kept.py.diff"]


def test_a_lost_copy_is_made_again(mirror: Mirror) -> None:
    """Whoever deletes the copies gets them back."""
    copy = put(mirror, "mine.py", OLD.format(id="mine"))
    mirror.refresh()
    copy.unlink()
    mirror.refresh()
    assert copy.exists()


def test_a_file_with_a_syntax_error_is_served_as_it_is(mirror: Mirror) -> None:
    """Airflow shows the error and its line; the files beside it are served."""
    broken = put(mirror, "broken.py", "from airflow import DAG\nwith DAG('a'\n")
    fine = put(mirror, "fine.py", OLD.format(id="fine"))
    mirror.refresh()
    assert broken.read_text() == "from airflow import DAG\nwith DAG('a'\n"
    assert "schedule='@daily'" in fine.read_text()


def test_two_files_with_one_dag_id_are_told_apart(mirror: Mirror) -> None:
    """Airflow would show now one, now the other, and not say so; it gets better when one is renamed."""
    first, second = (put(mirror, name, OLD.format(id="same")) for name in ("a.py", "b.py"))
    mirror.refresh()
    assert "raise" not in first.read_text()
    assert "raise ValueError(\"The DAG id 'same' is already that of 'a.py'" in second.read_text()
    put(mirror, "a.py", OLD.format(id="another"))
    mirror.refresh()
    assert "raise" not in second.read_text()


def test_the_pipelines_own_id_is_not_taken(mirror: Mirror) -> None:
    """A DAG of the course's name gets one beside ours."""
    copy = put(mirror, "mine.py", OLD.format(id="0a1b2c3d4e5f_dag"))
    mirror.refresh()
    assert "DAG('0a1b2c3d4e5f_dag_user', schedule='@daily')" in copy.read_text()


@pytest.mark.parametrize(
    "name", ["we ird & %.py", "new\nline.py", "quote'\".py", "😀.py", "\x1b[2J.py"]
)
def test_hostile_names_and_lines_do_no_harm(mirror: Mirror, name: str) -> None:
    """Nothing in a name or a line leaves the comment that quotes it."""
    copy = put(mirror, name, OLD.format(id="x").replace("pass", "y = 1\x0c\rschedule_interval = 2"))
    mirror.refresh()
    served = copy.read_bytes().decode()
    compile(served, "served", "exec")
    tail = served.split("# Migrated from Airflow 2")[1]
    assert all(line.startswith("# ") for line in tail.splitlines()[1:])


def test_the_encoding_that_a_file_declares_is_kept(mirror: Mirror) -> None:
    """A latin-1 file stays one."""
    source = "# -*- coding: latin-1 -*-\n" + OLD.format(id="caf") + "NAME = 'café'\n"
    copy = put(mirror, "mine.py", source.encode("latin-1"))
    mirror.refresh()
    assert "NAME = 'café'" in copy.read_bytes().decode("latin-1")


def test_a_link_that_leads_nowhere_is_left_out(mirror: Mirror) -> None:
    """The files beside it are served."""
    (mirror.source / "gone.py").symlink_to("nowhere.py")
    fine = put(mirror, "fine.py", OLD.format(id="fine"))
    mirror.refresh()
    assert fine.exists()
    assert not (mirror.copies / "gone.py").exists()
