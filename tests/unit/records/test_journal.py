import errno
import json
from pathlib import Path

import pytest

from services.records.journal import (
    JournalError,
    JournalWriter,
    journal_path,
    journals,
    new_run,
    read_journal,
)
from services.records.journal_line import (
    JournalLine,
    SpeedLine,
    StreamAcked,
    StreamRejected,
    StreamUnknown,
    TopicAcked,
    TopicRejected,
    TopicUnknown,
)
from services.records.layer import Layer

LINES: list[JournalLine] = [
    TopicUnknown("pin", 7528, "u.pin"),
    TopicAcked("pin", 7528, "u.pin", 0, 12),
    TopicRejected("geo", 1, "u.geo", 413, "too large: 😀\n[red]"),
]

STREAM_LINES: list[SpeedLine] = [
    StreamUnknown("pin", 7528, "streaming-u-pin"),
    StreamAcked("pin", 7528, "streaming-u-pin", "shardId-000000000001", "4965"),
    StreamRejected("geo", 1, "streaming-u-geo", 400, "too large"),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal that is not there yet."""
    return tmp_path / "journals" / "run-0.jsonl"


def write(path: Path) -> None:
    """Write all lines."""
    with JournalWriter(path) as journal:
        journal.write(LINES)


def test_what_was_written_is_read(path: Path) -> None:
    """All outcomes come back as they were."""
    write(path)
    assert list(read_journal(path, Layer.BATCH)) == LINES


def test_lines_have_the_agreed_shape(path: Path) -> None:
    """docs/architecture.md fixes the names and the values."""
    write(path)
    unknown, acked, rejected = (json.loads(line) for line in path.read_text().splitlines())
    record = {"table": "pin", "ind": 7528, "topic": "u.pin"}
    assert unknown == {**record, "outcome": "unknown"}
    assert acked == {**record, "outcome": "acked", "partition": 0, "offset": 12}
    assert rejected["outcome"] == "rejected"
    assert rejected["status"] == 413


def test_a_streams_lines_have_the_agreed_shape(path: Path) -> None:
    """They name the stream, the shard and the sequence number."""
    with JournalWriter(path) as journal:
        journal.write(STREAM_LINES)
    assert list(read_journal(path, Layer.SPEED)) == STREAM_LINES
    unknown, acked, rejected = (json.loads(line) for line in path.read_text().splitlines())
    record = {"table": "pin", "ind": 7528, "stream": "streaming-u-pin"}
    assert unknown == {**record, "outcome": "unknown"}
    assert acked == {
        **record,
        "outcome": "acked",
        "shard_id": "shardId-000000000001",
        "sequence_number": "4965",
    }
    assert (rejected["outcome"], rejected["stream"]) == ("rejected", "streaming-u-geo")


def test_one_layers_journal_is_not_taken_for_the_others(path: Path) -> None:
    """An offset is no sequence number; a journal in the wrong folder is an error."""
    write(path)
    with pytest.raises(JournalError, match="line 1"):
        list(read_journal(path, Layer.SPEED))


def test_lines_are_with_the_system_before_the_next_record_is_sent(path: Path) -> None:
    """Another process sees them while the journal is still open."""
    with JournalWriter(path) as journal:
        journal.write(LINES[:1])
        assert list(read_journal(path, Layer.BATCH)) == LINES[:1]
        assert journal.position == path.stat().st_size


@pytest.mark.parametrize("cut", [1, 5, 40])
def test_a_torn_last_line_is_left_out(path: Path, cut: int) -> None:
    """After a kill -9 the whole lines still count."""
    write(path)
    path.write_bytes(path.read_bytes()[:-cut])
    assert list(read_journal(path, Layer.BATCH)) == LINES[:2]


@pytest.mark.parametrize("loss", ["cut", "zeros", "hole"])
def test_what_is_before_a_loss_of_power_is_read(path: Path, loss: str) -> None:
    """At any offset after it the file may end, be zeros, or have a page of zeros."""
    with JournalWriter(path) as journal:
        journal.write(LINES)
        safe = journal.position
        journal.write(LINES * 30)
    content = path.read_bytes()
    for size in range(safe, len(content), (len(content) - safe) // 200):
        zeros = {"cut": 0, "zeros": len(content) - size, "hole": 256}[loss]
        rest = content[size + 256 :] if loss == "hole" else b""
        path.write_bytes(content[:size] + bytes(zeros) + rest)
        read = list(read_journal(path, Layer.BATCH))
        assert read[:3] == LINES
        assert all(line in LINES for line in read)


def test_a_damaged_line_in_the_middle_is_an_error_that_names_it(path: Path) -> None:
    """A journal that was tampered with proves nothing."""
    write(path)
    first, _, rest = path.read_bytes().partition(b"\n")
    path.write_bytes(first + b"\nnonsense\n" + rest)
    with pytest.raises(JournalError, match=r"run-0\.jsonl, line 2"):
        list(read_journal(path, Layer.BATCH))


def test_reading_can_begin_behind_what_is_known(path: Path) -> None:
    """The rest of a dead worker's journal is read from the position that it last told."""
    with JournalWriter(path) as journal:
        journal.write(LINES[:1])
        position = journal.position
        journal.write(LINES[1:])
    assert list(read_journal(path, Layer.BATCH, position)) == LINES[1:]


def test_a_journal_is_never_written_over(path: Path) -> None:
    """A second writer for the same file is refused."""
    write(path)
    with pytest.raises(JournalError, match="File exists"):
        JournalWriter(path)
    assert list(read_journal(path, Layer.BATCH)) == LINES


class FullDisk:
    def write(self, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_stops_the_sending(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An outcome that cannot be written down is an error, not a loss."""
    with JournalWriter(path) as journal:
        with monkeypatch.context() as patch:
            patch.setattr(journal, "_file", FullDisk())
            with pytest.raises(JournalError, match="No space left"):
                journal.write(LINES)
        assert journal.position == 0


def test_runs_are_named_by_their_time_and_never_alike(tmp_path: Path) -> None:
    """Files sort by run, and two runs of one second do not meet."""
    first, second = new_run(), new_run()
    assert first != second
    assert first[:9].startswith("20")
    for run in (first, second):
        journal_path(tmp_path, run, 0).touch()
    assert len(journals(tmp_path)) == 2
