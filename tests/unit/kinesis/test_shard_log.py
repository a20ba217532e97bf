import os
import shutil
from pathlib import Path

import pytest

from services.kinesis.storage.damaged_file import DamagedFileError
from services.kinesis.storage.shard_log import Rolling, ShardLog

SMALL = Rolling(size=300, age_ms=1000)
PLAIN = Rolling()


def _log(folder: Path, rolling: Rolling = PLAIN) -> ShardLog:
    return ShardLog(folder, rolling)


def _fill(log: ShardLog, count: int, at_ms: int = 1000) -> None:
    for _ in range(count):
        log.append([(b"key", b"data-%d" % log.end)], at_ms)
    log.sync()


def _data(log: ShardLog, counter: int = 1, limit: int = 10_000) -> list[bytes]:
    return [record.data for record in log.read(counter, limit)]


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.records"))


def test_records_come_back_as_they_were(tmp_path: Path) -> None:
    """Key, data, arrival and counter survive, empty data and keys beyond ASCII among them."""
    log = _log(tmp_path)
    assert log.append([("ключ".encode(), b""), (b"k", bytes(range(256)))], 5) == 1
    log.sync()
    rows = [(r.counter, r.key, r.data, r.arrival_ms) for r in log.read(1, 10)]
    assert rows == [(1, "ключ", b"", 5), (2, "k", bytes(range(256)), 5)]


@pytest.mark.parametrize("rolling", [PLAIN, SMALL], ids=["one segment", "many segments"])
def test_any_counter_and_limit_give_the_right_records(tmp_path: Path, rolling: Rolling) -> None:
    """Reads begin and end between the index's entries and over the borders of segments."""
    log = _log(tmp_path, rolling)
    _fill(log, 150)
    every = [b"data-%d" % counter for counter in range(1, 151)]
    for counter in range(1, 152, 7):
        for limit in (1, 31, 32, 33, 1000):
            assert _data(log, counter, limit) == every[counter - 1 : counter - 1 + limit]


@pytest.mark.parametrize("rolling", [PLAIN, SMALL], ids=["one segment", "many segments"])
def test_everything_is_there_after_opening_again(tmp_path: Path, rolling: Rolling) -> None:
    """Records and the next counter outlive the process."""
    log = _log(tmp_path, rolling)
    _fill(log, 100)
    log.close()
    log = _log(tmp_path, rolling)
    assert log.next == 101
    assert len(_data(log)) == 100
    _fill(log, 1)
    assert _data(log, 101) == [b"data-101"]


def test_a_torn_tail_is_cut_at_any_byte(tmp_path: Path) -> None:
    """Whatever part of the last record a kill left, all records before it stay and writing goes on."""
    log = _log(tmp_path)
    _fill(log, 2)
    whole = _files(tmp_path)[0].stat().st_size
    log.append([(b"key", b"data-3")], 1000)
    log.close()
    content = _files(tmp_path)[0].read_bytes()
    for size in range(whole, len(content)):
        folder = shutil.copytree(tmp_path, tmp_path.with_name(f"cut-{size}"))
        os.truncate(_files(folder)[0], size)
        log = _log(folder)
        assert _data(log) == [b"data-1", b"data-2"]
        log.append([(b"k", b"again")], 2000)
        log.sync()
        log.close()
        assert _data(_log(folder)) == [b"data-1", b"data-2", b"again"]


def test_damage_is_told_and_not_taken_for_a_torn_tail(tmp_path: Path) -> None:
    """A flipped bit anywhere, also in the last record's length, is an error that names the file."""
    log = _log(tmp_path)
    _fill(log, 3)
    log.close()
    (path,) = _files(tmp_path)
    content = path.read_bytes()
    for place in range(len(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(DamagedFileError, match=path.name):
            _log(tmp_path)
    assert path.stat().st_size == len(content)


def test_a_tail_of_zeros_is_torn(tmp_path: Path) -> None:
    """A machine that lost power may leave zeros where nothing was acknowledged to be on the disk."""
    log = _log(tmp_path)
    _fill(log, 2)
    log.close()
    (path,) = _files(tmp_path)
    path.write_bytes(path.read_bytes() + bytes(5000))
    assert _data(_log(tmp_path)) == [b"data-1", b"data-2"]


def test_a_file_that_shrinks_under_its_reader_is_told(tmp_path: Path) -> None:
    """Fewer records than were written are an error, not the end of the shard."""
    log = _log(tmp_path)
    _fill(log, 3)
    (path,) = _files(tmp_path)
    os.truncate(path, path.stat().st_size - 5)
    with pytest.raises(DamagedFileError, match=path.name):
        _data(log)


def test_a_sealed_segment_that_lost_its_end_is_told(tmp_path: Path) -> None:
    """Only the newest file may end in the middle of a record."""
    log = _log(tmp_path, SMALL)
    _fill(log, 50)
    log.close()
    first = _files(tmp_path)[0]
    os.truncate(first, first.stat().st_size - 5)
    with pytest.raises(DamagedFileError, match=first.name):
        _data(_log(tmp_path, SMALL))


@pytest.mark.parametrize("content", [None, b"", b"x" * 100])
def test_an_index_file_is_only_a_help(tmp_path: Path, content: bytes | None) -> None:
    """Without the index of a sealed segment, or with a damaged one, its records are found all the same."""
    log = _log(tmp_path, SMALL)
    _fill(log, 50)
    log.close()
    for path in tmp_path.glob("*.index"):
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content)
    assert len(_data(_log(tmp_path, SMALL))) == 50


def test_a_full_disk_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write that fails in its middle is taken back; the next one gets the same counter."""
    log = _log(tmp_path)
    _fill(log, 2)
    real = os.pwrite
    whole = _files(tmp_path)[0].stat().st_size

    def half(file: int, data: memoryview, at: int) -> int:
        if at > whole:
            raise OSError(28, "No space left on device")
        return real(file, data[:10] if at == whole else data, at)

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", half)
        with pytest.raises(OSError, match="No space"):
            log.append([(b"k", b"lost")], 3000)
    assert log.append([(b"k", b"kept")], 4000) == 3
    log.sync()
    log.close()
    assert _data(_log(tmp_path)) == [b"data-1", b"data-2", b"kept"]


def test_arrival_never_goes_back(tmp_path: Path) -> None:
    """A clock that is set back does not make a later record older than an earlier one."""
    log = _log(tmp_path)
    _fill(log, 1, 5000)
    _fill(log, 1, 4000)
    log.close()
    log = _log(tmp_path)
    _fill(log, 1, 3000)
    assert [record.arrival_ms for record in log.read(1, 10)] == [5000, 5000, 5000]


@pytest.mark.parametrize("rolling", [PLAIN, SMALL], ids=["one segment", "many segments"])
def test_a_time_is_found(tmp_path: Path, rolling: Rolling) -> None:
    """The first record at or after a time; the end when all came before."""
    log = _log(tmp_path, rolling)
    for number in range(1, 101):
        _fill(log, 1, number * 10)
    assert [log.seek(at) for at in (0, 10, 11, 505, 1000, 1001)] == [1, 1, 2, 51, 100, 101]


def test_old_segments_are_forgotten_and_counters_go_on(tmp_path: Path) -> None:
    """What is older than the retention leaves the disk; reading from below begins with what is left."""
    log = _log(tmp_path, SMALL)
    _fill(log, 50, 1000)
    _fill(log, 50, 9000)
    log.trim(before_ms=5000, now_ms=9000)
    assert 1 < log.horizon <= 51
    assert _data(log)[-50:] == [b"data-%d" % counter for counter in range(51, 101)]
    assert _data(log, 1, 1) == _data(log, log.horizon, 1)
    log.trim(before_ms=10**6, now_ms=10**6)
    assert _data(log) == []
    assert sum(path.stat().st_size for path in _files(tmp_path)) == 0
    log.close()
    log = _log(tmp_path, SMALL)
    assert (log.horizon, log.next) == (101, 101)
