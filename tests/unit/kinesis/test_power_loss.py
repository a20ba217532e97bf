"""A loss of power, built: what was written after the last sync is cut, zeroed, or other bytes."""

import logging
import os
import random
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from services.kinesis.actions.dispatch import answer
from services.kinesis.engine import Engine
from services.kinesis.storage import recovery_point
from services.kinesis.storage.damaged_file import DamagedFileError
from services.kinesis.storage.shard_log import Rolling, ShardLog
from services.kinesis.stream import Entry

PAGE = 4096
OFFSETS = 200
ACKED = [b"acked-%d" % number * 50 for number in range(20)]
UNSYNCED = [b"lost-%d" % number * 900 for number in range(6)]

Loss = Callable[[bytes, int, random.Random], bytes]


def _cut(content: bytes, at: int, _: random.Random) -> bytes:
    return content[:at]


def _zeros(content: bytes, at: int, _: random.Random) -> bytes:
    return content[:at] + bytes(len(content) - at)


def _garbage(content: bytes, at: int, chance: random.Random) -> bytes:
    return content[:at] + chance.randbytes(len(content) - at)


def _hole(content: bytes, at: int, _: random.Random) -> bytes:
    """One page did not reach the disk, and what was written after it did."""
    end = min(len(content), at - at % PAGE + PAGE)
    return content[:at] + bytes(end - at) + content[end:]


def _put(log: ShardLog, data: list[bytes]) -> None:
    for row in data:
        log.append([(b"key", row)], 1000)


def _data(log: ShardLog) -> list[bytes]:
    return [record.data for record in log.read(1, 10_000)]


@pytest.fixture(scope="module")
def lost(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A shard's folder with synced records and records that were not synced; where the latter begin."""
    folder = tmp_path_factory.mktemp("shard")
    log = ShardLog(folder, Rolling())
    _put(log, ACKED)
    log.sync()
    synced = _file(folder).stat().st_size
    _put(log, UNSYNCED)
    log.close()
    return folder, synced


def _file(folder: Path) -> Path:
    (file,) = folder.glob("*.records")
    return file


def _states(lost: tuple[Path, int], loss: Loss, into: Path) -> Iterator[Path]:
    """The folder as 200 losses of power leave it, one after the other."""
    folder, synced = lost
    content, chance = _file(folder).read_bytes(), random.Random(13)  # noqa: S311 - the same bytes every time
    step = (len(content) - synced) / OFFSETS
    for number in range(OFFSETS):
        shutil.copytree(folder, into)
        _file(into).write_bytes(loss(content, synced + int(number * step), chance))
        yield into
        shutil.rmtree(into)


@pytest.mark.parametrize("loss", [_cut, _zeros, _garbage, _hole])
def test_what_was_acked_is_there_after_a_loss_of_power_at_any_offset(
    lost: tuple[Path, int], tmp_path: Path, loss: Loss
) -> None:
    """The torn end is cut, nothing of it is told as another record, and the shard goes on taking records."""
    for folder in _states(lost, loss, tmp_path / "shard"):
        log = ShardLog(folder, Rolling())
        kept = _data(log)
        assert kept[: len(ACKED)] == ACKED
        assert kept[len(ACKED) :] == UNSYNCED[: len(kept) - len(ACKED)]
        _put(log, [b"again"])
        log.sync()
        log.close()
        log = ShardLog(folder, Rolling())
        assert _data(log) == [*kept, b"again"]
        log.close()


@pytest.mark.parametrize("loss", [_cut, _zeros])
def test_without_a_recovery_point_a_torn_end_is_cut_too(
    lost: tuple[Path, int], tmp_path: Path, loss: Loss
) -> None:
    """As in a folder of an earlier version."""
    for folder in _states(lost, loss, tmp_path / "shard"):
        (folder / recovery_point.FILE).unlink()
        log = ShardLog(folder, Rolling())
        assert _data(log)[: len(ACKED)] == ACKED
        log.close()


def test_what_was_repaired_is_said(
    lost: tuple[Path, int], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The file, and how many bytes went."""
    folder = shutil.copytree(lost[0], tmp_path / "shard")
    os.truncate(_file(folder), lost[1] + 7)
    with caplog.at_level(logging.WARNING):
        ShardLog(folder, Rolling()).close()
    assert f"{_file(folder)}: cut off 7 bytes" in caplog.text


@pytest.mark.parametrize("known", ["recovery point", "none"])
def test_damage_before_the_last_sync_is_an_error(
    lost: tuple[Path, int], tmp_path: Path, known: str
) -> None:
    """Acknowledged records are never cut off in silence; without a recovery point, those before a whole one."""
    folder = shutil.copytree(lost[0], tmp_path / "shard")
    if known == "none":
        (folder / recovery_point.FILE).unlink()
    content = bytearray(_file(folder).read_bytes())
    content[lost[1] // 2] ^= 1
    _file(folder).write_bytes(content)
    with pytest.raises(DamagedFileError, match=_file(folder).name) as caught:
        ShardLog(folder, Rolling())
    assert _file(folder).read_bytes() == content
    at = re.search(r"at byte (\d+)", str(caught.value))
    assert at
    os.truncate(_file(folder), int(at[1]))  # as docs/reliability.md says
    (folder / recovery_point.FILE).unlink(missing_ok=True)
    log = ShardLog(folder, Rolling())
    kept = _data(log)
    assert kept == ACKED[: len(kept)]
    assert kept
    log.close()


def test_a_segment_that_lost_synced_records_is_an_error(
    lost: tuple[Path, int], tmp_path: Path
) -> None:
    """Cut at a record's end, or gone: both would look like a shorter shard."""
    folder = shutil.copytree(lost[0], tmp_path / "shard")
    os.truncate(_file(folder), 0)
    with pytest.raises(DamagedFileError, match="it ends at byte 0, too early"):
        ShardLog(folder, Rolling())


@pytest.mark.parametrize("content", [b"", b"\0" * 20, b"torn", b"x" * 20])
def test_a_torn_recovery_point_stops_nothing(
    lost: tuple[Path, int], tmp_path: Path, content: bytes
) -> None:
    """It is only a help; the records say where they end."""
    folder = shutil.copytree(lost[0], tmp_path / "shard")
    (folder / recovery_point.FILE).write_bytes(content)
    log = ShardLog(folder, Rolling())
    assert _data(log) == ACKED + UNSYNCED
    log.close()


def test_a_roll_that_power_interrupted_loses_nothing(tmp_path: Path) -> None:
    """The new segment may be there, empty, without its recovery point and without the old one's index."""
    log = ShardLog(tmp_path, Rolling(size=300))
    _put(log, [b"x" * 400])
    old_point = recovery_point.read(tmp_path)
    _put(log, [b"y"])
    log.close()
    (newest,) = sorted(tmp_path.glob("*.records"))[1:]
    os.truncate(newest, 0)
    (tmp_path / "00000000000000000001.index").unlink()
    assert old_point is not None
    recovery_point.write(tmp_path, old_point)
    log = ShardLog(tmp_path, Rolling(size=300))
    assert _data(log) == [b"x" * 400]
    log.close()


def test_a_record_is_not_read_before_it_is_synced(tmp_path: Path) -> None:
    """Its counter would be another record's if the power failed."""
    log = ShardLog(tmp_path, Rolling())
    _put(log, [b"a"])
    assert (_data(log), log.next, log.seek(0)) == ([], 1, 1)
    log.sync()
    assert (_data(log), log.next, log.seek(0)) == ([b"a"], 2, 1)
    log.close()


def test_a_description_is_the_old_one_or_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The power fails before any of the steps in which a split replaces it; all records stay within reach."""
    steps = 0

    def failing_at(wanted: int, real: Callable[..., object]) -> Callable[..., object]:
        def step(*arguments: object) -> object:
            nonlocal steps
            steps += 1
            if steps == wanted:
                raise OSError(5, "the power has failed")
            return real(*arguments)

        return step

    for wanted in range(1, 20):
        folder = tmp_path / str(wanted)
        engine = Engine(folder)
        engine.create("s", 1, "PROVISIONED", {})
        row = {"StreamName": "s", "Data": "QQ==", "PartitionKey": "p"}
        answer(engine, "PutRecord", msgspec.json.encode(row))
        steps = 0
        with monkeypatch.context() as patch:
            for name in ("fsync", "replace", "rename"):
                patch.setattr(os, name, failing_at(wanted, getattr(os, name)))
            split = {
                "StreamName": "s",
                "ShardToSplit": "shardId-000000000000",
                "NewStartingHashKey": "5",
            }
            try:
                answer(engine, "SplitShard", msgspec.json.encode(split))
            except Exception as error:
                assert "the power has failed" in str(error)  # noqa: PT017
        copy = shutil.copytree(folder, tmp_path / f"{wanted}-after")
        engine.close()
        again = Engine(copy)
        stream = again.stream("s")
        assert len(stream.description.shards) in {1, 3}
        assert [record.data for record in stream.shards[0].log.read(1, 10)] == [b"A"]
        again.close()
        if steps < wanted:
            break
    assert 1 < steps < wanted


def test_a_failed_sync_gives_up_what_was_not_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is answered as a failure, nobody reads it, and its counters go to the records that come next."""
    engine = Engine(tmp_path)
    engine.create("s", 1, "PROVISIONED", {})
    stream = engine.stream("s")
    (log,) = (shard.log for shard in stream.shards.values())
    stream.put([Entry("k", 0, b"kept")], 1)
    log.sync()
    stream.put([Entry("k", 0, b"lost")], 2)
    (commit,) = stream.unsynced()
    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", _fails)
        with pytest.raises(OSError, match="Input/output"):
            commit.sync()
    with pytest.raises(OSError, match="could not be synced"):
        commit.is_synced()
    assert _data(log) == [b"kept"]
    stream.put([Entry("k", 0, b"next")], 3)
    log.sync()
    engine.close()
    again = Engine(tmp_path)
    assert _data(again.stream("s").shards[0].log) == [b"kept", b"next"]
    again.close()


def _fails(_file: int) -> None:
    raise OSError(5, "Input/output error")


def test_a_damaged_engine_file_costs_the_iterators_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is begun anew, which is said, and no two streams get one time of creation."""
    engine = Engine(tmp_path)
    engine.create("s", 1, "PROVISIONED", {})
    created_ms = engine.stream("s").description.created_ms
    engine.close()
    (tmp_path / "engine.json").write_bytes(bytes(50))
    again = Engine(tmp_path)
    assert "engine.json: begun anew" in caplog.text
    again.delete("s")
    again.create("s", 1, "PROVISIONED", {})
    assert again.stream("s").description.created_ms > created_ms
    again.close()
