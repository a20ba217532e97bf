"""How far a streaming query has come, as its checkpoint folder tells."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.streams import checkpoint
from services.streams.checkpoint import ShardPosition

STREAM = "streaming-0a1b2c3d4e5f-pin"
LONG = 49_590_338_271_490_256_608_559_692_538_361_571_095_921_575_989_136_588_898


def _plan(folder: Path, batch: int, shards: dict[str, Any]) -> None:
    (folder / "offsets").mkdir(parents=True, exist_ok=True)
    streams = {"streams": {STREAM: {"created": 1, "shards": shards}}}
    text = f'v1\n{{"batchWatermarkMs":0}}\n{json.dumps(streams)}'
    (folder / "offsets" / str(batch)).write_text(text, encoding="utf-8")


def _commit(folder: Path, batch: int) -> None:
    (folder / "commits").mkdir(exist_ok=True)
    (folder / "commits" / str(batch)).write_text('v1\n{"nextBatchWatermarkMs":0}', encoding="utf-8")


def _after(number: int | None, *, closed: bool = False) -> dict[str, Any]:
    return {"after": None if number is None else str(number), "at": None, "closed": closed}


def test_nothing_is_committed_in_an_empty_folder(tmp_path: Path) -> None:
    """Without a checkpoint there is no query, no batch and no stream."""
    assert checkpoint.committed(tmp_path / "none") is None
    assert checkpoint.query_id(tmp_path / "none") is None
    assert checkpoint.newest_planned(tmp_path / "none") is None
    assert checkpoint.planned_streams(tmp_path / "none") == set()


def test_a_batch_that_was_only_planned_does_not_count(tmp_path: Path) -> None:
    """Progress ends with the newest commit, though the next batch is already written down."""
    identifier = checkpoint.begin(tmp_path)
    for batch in range(3):
        _plan(tmp_path, batch, {"shardId-000000000000": _after(LONG + batch)})
    for batch in range(2):
        _commit(tmp_path, batch)
    done = checkpoint.committed(tmp_path)
    assert done is not None
    assert (done.query_id, done.batch) == (identifier, 1)
    assert done.streams[STREAM]["shardId-000000000000"] == ShardPosition(LONG + 1)
    assert checkpoint.newest_planned(tmp_path) == 2


def test_batches_are_ordered_by_number(tmp_path: Path) -> None:
    """Batch 10 comes after batch 9, though its name does not; hidden files and strays are passed over."""
    checkpoint.begin(tmp_path)
    for batch in (9, 10):
        _plan(tmp_path, batch, {"shardId-000000000000": _after(batch)})
        _commit(tmp_path, batch)
    (tmp_path / "commits" / ".11.crc").write_text("")
    (tmp_path / "commits" / "11.tmp").write_text("")
    done = checkpoint.committed(tmp_path)
    assert done is not None
    assert done.batch == 10


def test_shards_keep_what_they_say(tmp_path: Path) -> None:
    """A shard may be unread, begin at a time, or be read to its end."""
    checkpoint.begin(tmp_path)
    later = {"after": None, "at": 1_700_000_000_000, "closed": False}
    shards = {"unread": _after(None), "later": later, "closed": _after(7, closed=True)}
    _plan(tmp_path, 0, shards)
    _commit(tmp_path, 0)
    done = checkpoint.committed(tmp_path)
    assert done is not None
    assert done.streams[STREAM] == {
        "unread": ShardPosition(None),
        "later": ShardPosition(None, at=1_700_000_000_000),
        "closed": ShardPosition(7, closed=True),
    }


def test_begin_gives_each_query_its_own_identifier(tmp_path: Path) -> None:
    """A checkpoint that was begun is found again, and no two are alike."""
    first, second = (checkpoint.begin(tmp_path / name) for name in ("a", "b"))
    assert first != second
    assert checkpoint.query_id(tmp_path / "a") == first


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.glob("*/*")}


@pytest.mark.parametrize("zeros", [b"", b"\0"], ids=["cut", "zeroed"])
@pytest.mark.parametrize("torn", ["offsets/3", "commits/2"])
def test_a_torn_end_is_planned_anew(tmp_path: Path, torn: str, zeros: bytes) -> None:
    """At any offset; what stands for a batch that is in the table stays, and so do all files that are whole."""
    checkpoint.begin(tmp_path)
    for batch in range(4):
        _plan(tmp_path, batch, {"shardId-000000000000": _after(LONG + batch)})
    for batch in range(3):
        _commit(tmp_path, batch)
    before = _files(tmp_path)
    content = before[torn]
    for size in range(len(content)):
        (tmp_path / torn).write_bytes(content[:size] + zeros * (len(content) - size))
        (tmp_path / torn).with_name(f".{torn[-1]}.crc").write_bytes(b"")
        assert checkpoint.drop_torn(tmp_path, 2) == [torn]
        assert _files(tmp_path) == {name: old for name, old in before.items() if name != torn}
        (tmp_path / torn).write_bytes(content)
    assert checkpoint.drop_torn(tmp_path, 2) == []


def test_a_plan_of_a_batch_in_the_table_is_never_deleted(tmp_path: Path) -> None:
    """It was synced before the batch was, so what is wrong with it is damage, and Spark tells of it."""
    checkpoint.begin(tmp_path)
    _plan(tmp_path, 0, {})
    (tmp_path / "offsets" / "0").write_bytes(b"")
    assert checkpoint.drop_torn(tmp_path, 0) == []
    assert checkpoint.drop_torn(tmp_path, None) == ["offsets/0"]
