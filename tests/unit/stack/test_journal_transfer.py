"""Journals on their way from this machine to the volume, while scripts still write some."""

import io
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from services.files import lock_open
from services.records import journal
from services.records.journal import JournalWriter
from services.records.journal_line import TopicAcked
from services.stack.compose.jobs import journals
from services.stack.compose.jobs.job import ContainerJob
from services.stack.compose.project import Project

Sent = list[dict[str, bytes]]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Never asked: nothing is sent to Docker."""
    return Project(name="test", folder=tmp_path, env_file=tmp_path / ".env")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The batch layer's journals of a stack of its own."""
    monkeypatch.setenv("STATE_DIR", str(tmp_path))
    monkeypatch.setenv("ENV_FILE", str(tmp_path / ".env"))
    return tmp_path / "journals" / "batch"


def _receiver(
    monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], None] = lambda: None, code: int = 0
) -> Sent:
    """What arrives at the volume, archive by archive; `meanwhile` happens while it is on its way."""
    sent: Sent = []

    def receive(_: Project, job: ContainerJob) -> int:
        assert not isinstance(job.stdin, int)
        sent.append(_contents(job.stdin))
        meanwhile()
        return code

    monkeypatch.setattr(journals, "run_job", receive)
    return sent


def _contents(archive: IO[bytes]) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(archive.read())) as tar:
        members = {member.name: tar.extractfile(member) for member in tar}
        return {name: file.read() for name, file in members.items() if file}


def _line(ind: int) -> TopicAcked:
    return TopicAcked("pin", ind, "0a1b2c3d4e5f.pin", 0, ind)


def test_a_journal_that_is_being_written_stays(
    folder: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lines so far arrive; those that are written meanwhile and afterwards arrive with the next transfer."""
    path = folder / "run-0.jsonl"
    with JournalWriter(path) as writer:
        writer.write([_line(0)])
        sent = _receiver(monkeypatch, meanwhile=lambda: writer.write([_line(1)]))
        journals.transfer(project)
        assert path.exists()
        writer.write([_line(2)])
    later = _receiver(monkeypatch)
    journals.transfer(project)
    assert [batch["batch/run-0.jsonl"].count(b"\n") for batch in (*sent, *later)] == [1, 3]
    assert not path.exists()


def test_a_journal_that_was_torn_by_a_kill_arrives_in_whole_lines(
    folder: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A character cut in two would be no text."""
    folder.mkdir(parents=True)
    (folder / "run-0.jsonl").write_bytes(b'{"a":1}\n{"b":"\xc3')
    sent = _receiver(monkeypatch)
    journals.transfer(project)
    assert sent == [{"batch/run-0.jsonl": b'{"a":1}\n'}]
    assert not list(folder.glob("*.jsonl"))


def test_a_journal_that_is_taken_away_before_it_is_locked_is_made_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transfer may have seen the file before its writer had the lock."""
    path = folder / "run-0.jsonl"
    taken: list[Path] = []

    def lock_late(handle: IO[bytes]) -> None:
        if not taken:
            taken.append(path)
            path.unlink()
        lock_open(handle)

    monkeypatch.setattr(journal, "lock_open", lock_late)
    _write_one(path)
    assert path.read_bytes().count(b"\n") == 1


def _write_one(path: Path) -> None:
    with JournalWriter(path) as writer:
        writer.write([_line(0)])


def test_what_did_not_arrive_stays(
    folder: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says where it is."""
    _write_one(folder / "run-0.jsonl")
    _receiver(monkeypatch, code=1)
    with pytest.raises(journals.TransferError, match="journals"):
        journals.transfer(project)
    assert (folder / "run-0.jsonl").exists()


def test_transfers_come_one_after_the_other(
    folder: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The later one, which has all lines, could otherwise be overtaken by the earlier one."""
    _write_one(folder / "run-0.jsonl")
    other: list[threading.Thread] = []

    def second_transfer() -> None:
        if not other:
            other.append(threading.Thread(target=journals.transfer, args=(project,)))
            other[0].start()
            other[0].join(0.3)
            assert other[0].is_alive()

    sent = _receiver(monkeypatch, meanwhile=second_transfer)
    journals.transfer(project)
    other[0].join(10)
    assert len(sent) == 1
