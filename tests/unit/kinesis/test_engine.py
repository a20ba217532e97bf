import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from services.kinesis import split_merge
from services.kinesis.actions.dispatch import _ACTIONS, ACTIONS, answer, carry_out
from services.kinesis.engine import Engine, EngineOptions
from services.kinesis.hash_keys import even_ranges, hash_key
from services.kinesis.storage.damaged_file import DamagedFileError
from services.kinesis.storage.shard_log import Rolling
from services.kinesis.stream import Entry, PutResult
from services.records.kinesis_api import HASH_SPACE, KinesisError

HOUR_MS = 3_600_000


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.ms = 1_800_000_000_000

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def clock() -> Clock:
    """The engine's clock."""
    return Clock()


@pytest.fixture
def engine(tmp_path: Path, clock: Clock) -> Iterator[Engine]:
    """An engine with one stream `s` of two shards."""
    engine = Engine(tmp_path, EngineOptions(clock=clock))
    engine.create("s", 2, "PROVISIONED", {})
    yield engine
    engine.close()


def _call(engine: Engine, action: str, **fields: object) -> dict[str, object]:
    body = answer(engine, action, msgspec.json.encode(fields))
    told: dict[str, object] = msgspec.json.decode(body) if body else {}
    return told


def _put(engine: Engine, *keys: str) -> list[PutResult | KinesisError]:
    entries = [Entry(key, hash_key(key), key.encode()) for key in keys]
    stream = engine.stream("s")
    results = stream.put(entries, engine.now_ms())
    for commit in stream.unsynced():
        commit.sync()
    return results


def _read(engine: Engine, shard: int = 0, **where: object) -> tuple[list[str], object]:
    where = where or {"ShardIteratorType": "TRIM_HORIZON"}
    iterator = _call(
        engine, "GetShardIterator", StreamName="s", ShardId=f"shardId-{shard:012d}", **where
    )
    told = _call(engine, "GetRecords", **iterator)
    rows = msgspec.convert(told["Records"], list[dict[str, object]])
    return [str(row["PartitionKey"]) for row in rows], told["NextShardIterator"]


def test_a_record_goes_to_the_shard_that_holds_its_hash(engine: Engine) -> None:
    """Answers stand in the order of the request, whatever shard each record went to."""
    keys = [str(number) for number in range(100)]
    puts = _put(engine, *keys)
    ids = [put.shard_id for put in puts if isinstance(put, PutResult)]
    low = even_ranges(2)[0]
    assert ids == [
        "shardId-000000000000" if hash_key(key) in low else "shardId-000000000001" for key in keys
    ]
    assert sorted(_read(engine, 0)[0] + _read(engine, 1)[0]) == sorted(keys)


def test_the_explicit_hash_key_wins(engine: Engine) -> None:
    """The ends of the hash space are in the first and the last shard; beyond them is refused."""
    row = {"StreamName": "s", "Data": "", "PartitionKey": "p"}
    first = _call(engine, "PutRecord", **row, ExplicitHashKey="0")
    last = _call(engine, "PutRecord", **row, ExplicitHashKey=str(HASH_SPACE - 1))
    assert (first["ShardId"], last["ShardId"]) == ("shardId-000000000000", "shardId-000000000001")
    for wrong in (str(HASH_SPACE), "-1", "x", ""):
        with pytest.raises(KinesisError, match="InvalidArgumentException: Invalid ExplicitHashKey"):
            _call(engine, "PutRecord", **row, ExplicitHashKey=wrong)


def test_an_iterator_expires_after_300_seconds(engine: Engine, clock: Clock) -> None:
    """In AWS's words; up to then it is good."""
    where = {"StreamName": "s", "ShardId": "shardId-000000000000"}
    iterator = _call(engine, "GetShardIterator", **where, ShardIteratorType="LATEST")
    clock.ms += 300_000
    _call(engine, "GetRecords", **iterator)
    clock.ms += 1
    with pytest.raises(KinesisError, match="tolerated delay of 300000 milliseconds") as caught:
        _call(engine, "GetRecords", **iterator)
    assert caught.value.type_name == "ExpiredIteratorException"


def test_an_iterator_outlives_the_process_but_not_its_stream(
    engine: Engine, tmp_path: Path, clock: Clock
) -> None:
    """It can be used after a restart; a stream made again under the name does not take it."""
    _put(engine, "a", "b", "c", "d")
    where = {"StreamName": "s", "ShardId": "shardId-000000000000"}
    iterator = _call(engine, "GetShardIterator", **where, ShardIteratorType="TRIM_HORIZON")
    before = _call(engine, "GetRecords", **iterator)
    engine.close()
    again = Engine(tmp_path, EngineOptions(clock=clock))
    assert _call(again, "GetRecords", **iterator)["Records"] == before["Records"]
    again.delete("s")
    again.create("s", 2, "PROVISIONED", {})
    with pytest.raises(KinesisError, match="deleted and made again"):
        _call(again, "GetRecords", **iterator)
    again.close()


def test_a_number_of_a_deleted_stream_is_recognised(engine: Engine) -> None:
    """Even if the stream was made again within the same millisecond."""
    (put,) = _put(engine, "a")
    assert isinstance(put, PutResult)
    engine.delete("s")
    engine.create("s", 2, "PROVISIONED", {})
    with pytest.raises(KinesisError, match="it did not come from this stream"):
        _call(
            engine,
            "GetShardIterator",
            StreamName="s",
            ShardId=put.shard_id,
            ShardIteratorType="AFTER_SEQUENCE_NUMBER",
            StartingSequenceNumber=put.sequence_number,
        )


def test_a_split_closes_the_parent_and_leads_to_its_children(engine: Engine) -> None:
    """New records go to the children only; the parent ends with null and names them."""
    _put(engine, *map(str, range(50)))
    parent, _ = _read(engine, 0)
    middle = str(HASH_SPACE // 4)
    where = {"StreamName": "s", "ShardToSplit": "shardId-000000000000"}
    _call(engine, "SplitShard", **where, NewStartingHashKey=middle)
    _put(engine, *map(str, range(50, 100)))
    assert _read(engine, 0) == (parent, None)
    children = _read(engine, 2)[0] + _read(engine, 3)[0]
    assert sorted(parent + _read(engine, 1)[0] + children) == sorted(map(str, range(100)))
    with pytest.raises(KinesisError, match="already been merged or split"):
        _call(engine, "SplitShard", **where, NewStartingHashKey=middle)


def test_a_split_that_cannot_be_written_changes_nothing(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The parent goes on taking records, now and after a restart, and none is out of a reader's reach."""
    where = {"StreamName": "s", "ShardToSplit": "shardId-000000000000"}

    def full(_folder: Path, _description: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("services.kinesis.stream.save", full)
        with pytest.raises(KinesisError, match="InternalFailure"):
            _call(engine, "SplitShard", **where, NewStartingHashKey=str(HASH_SPACE // 4))
    _put(engine, *map(str, range(50)))
    engine.close()
    again = Engine(tmp_path)
    assert len(again.stream("s").description.shards) == 2
    assert sorted(_read(again, 0)[0] + _read(again, 1)[0]) == sorted(map(str, range(50)))
    again.close()


@pytest.mark.parametrize("at", ["0", "1", str(HASH_SPACE // 2 - 1), str(HASH_SPACE - 1)])
def test_a_split_at_the_edge_is_refused(engine: Engine, at: str) -> None:
    """The new shard must begin well inside the old one."""
    where = {"StreamName": "s", "ShardToSplit": "shardId-000000000000", "NewStartingHashKey": at}
    with pytest.raises(KinesisError, match="is not both greater than one plus"):
        _call(engine, "SplitShard", **where)


@pytest.mark.parametrize("target", [1, 3, 4, 2])
def test_any_number_of_shards_covers_the_hash_space(engine: Engine, target: int) -> None:
    """UpdateShardCount leaves equal shards without a gap, on the disk too."""
    _call(
        engine,
        "UpdateShardCount",
        StreamName="s",
        TargetShardCount=target,
        ScalingType="UNIFORM_SCALING",
    )
    stream = engine.stream("s")
    assert [shard.range for shard in stream.description.open_shards] == even_ranges(target)
    engine.close()
    again = Engine(engine._folder.parent)
    assert again.stream("s").description == stream.description
    again.close()


def test_only_neighbours_merge(engine: Engine) -> None:
    """Others are refused, and so is a shard that is not there."""
    described = split_merge.resize(engine.stream("s").description, 4, {}, 1)
    ids = [shard.shard_id for shard in described.open_shards]
    merged = split_merge.merge(described, ids[1], ids[0], {}, 2)
    assert merged.shards[-1].parents == (int(ids[1][8:]), int(ids[0][8:]))
    with pytest.raises(KinesisError, match="not an adjacent pair"):
        split_merge.merge(described, ids[0], ids[2], {}, 2)
    with pytest.raises(KinesisError, match="does not exist"):
        split_merge.merge(described, ids[0], "shardId-000000000099", {}, 2)


def test_closed_shards_expire_with_their_records(engine: Engine, clock: Clock) -> None:
    """After the retention period they are neither listed nor on the disk."""
    _put(engine, "a", "b")
    merged = {
        "ShardToMerge": "shardId-000000000000",
        "AdjacentShardToMerge": "shardId-000000000001",
    }
    _call(engine, "MergeShards", StreamName="s", **merged)
    clock.ms += 24 * HOUR_MS
    engine.trim()
    assert len(engine.stream("s").description.shards) == 3
    clock.ms += 1
    engine.trim()
    assert [shard.number for shard in engine.stream("s").description.shards] == [2]
    folders = [path.name for path in (engine._folder / "s").iterdir() if path.is_dir()]
    assert folders == ["shardId-000000000002"]


def test_memory_and_disk_are_bounded_by_the_retention(tmp_path: Path, clock: Clock) -> None:
    """After days of records only the last day's are there, and the numbers go on growing."""
    engine = Engine(tmp_path, EngineOptions(clock=clock, rolling=Rolling(size=1000)))
    engine.create("s", 1, "PROVISIONED", {})
    for _ in range(72):
        _put(engine, *map(str, range(20)))
        clock.ms += HOUR_MS
        engine.trim()
    keys, _ = _read(engine)
    assert 24 * 20 <= len(keys) <= 26 * 20
    assert engine.stream("s").shards[0].log.next == 72 * 20 + 1
    engine.close()


def test_what_a_kill_left_of_a_create_or_delete_is_gone(engine: Engine, tmp_path: Path) -> None:
    """A folder without description, or marked as deleted, is no stream."""
    (tmp_path / "streams" / "half").mkdir()
    (tmp_path / "streams" / "s").rename(tmp_path / "streams" / "s~deleted-1")
    engine.close()
    again = Engine(tmp_path)
    assert again.names == []
    again.create("half", 1, "PROVISIONED", {})
    again.close()


def test_records_without_a_description_are_not_thrown_away(engine: Engine, tmp_path: Path) -> None:
    """A stream whose description is lost stops the start, with the file's name."""
    (tmp_path / "streams" / "s" / "stream.json").unlink()
    engine.close()
    with pytest.raises(DamagedFileError, match=r"stream\.json"):
        Engine(tmp_path)


def test_two_engines_do_not_share_a_folder(engine: Engine, tmp_path: Path) -> None:
    """The second is refused before it touches anything."""
    assert engine.names == ["s"]
    with pytest.raises(BlockingIOError):
        Engine(tmp_path)


def test_an_action_that_is_not_served_says_so(engine: Engine) -> None:
    """Enhanced fan-out is one of them."""
    with pytest.raises(KinesisError, match="SubscribeToShard is not served here") as caught:
        _call(engine, "SubscribeToShard")
    assert caught.value.type_name == "UnknownOperationException"


_DEEP = b"[" * 100_000


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"[]", b'{"StreamName":5}', b'{"Data":"%"}', b"\xff"),
        *(_DEEP, b'{"x":' + _DEEP, b'{"Data":' + _DEEP, b'{"x":NaN}', b'{"Data":"\\ud800"}'),
    ],
    ids=range(11),
)
def test_a_body_that_cannot_be_read_is_told(engine: Engine, body: bytes) -> None:
    """Wrong JSON, JSON beyond any depth, wrong types and wrong base64 are SerializationExceptions."""
    with pytest.raises(KinesisError) as caught:
        answer(engine, "PutRecord", body)
    assert caught.value.type_name == "SerializationException"


_HOSTILE: tuple[object, ...] = (
    *("", ".", "..", "a" * 6000, "9" * 6000, "shardId-" + "9" * 6000, "shardId-\u0661", "\u0661"),
    *(-1, 2**63, 10**400, 1e308, -1e308, None, True, [], {}, [{}], ["x"], {"a": 1}, {"a": "b"}),
    *({"StreamMode": "X"}, {"Type": "AT_TIMESTAMP", "Timestamp": 1e308}, {"Type": 5}),
    *({"Type": "AT_TIMESTAMP", "Timestamp": "x"}, {"Type": "FROM_TIMESTAMP", "Timestamp": -1e308}),
    {"Type": "AFTER_SHARD_ID", "ShardId": "shardId-" + "9" * 6000},
)
_VALID = {
    "StreamName": "s",
    "ShardId": "shardId-000000000000",
    "ShardToSplit": "shardId-000000000000",
    "PartitionKey": "p",
    "Data": "QQ==",
    "ShardIteratorType": "AT_TIMESTAMP",
    "Timestamp": 0,
}


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_no_value_of_a_field_is_an_internal_failure(engine: Engine, action: str) -> None:
    """Whatever stands in a field, it is taken or refused."""
    kind, _ = _ACTIONS[action]
    names = [field.encode_name for field in msgspec.structs.fields(kind)]
    valid = {name: value for name, value in _VALID.items() if name in names}
    for name in names:
        for value in _HOSTILE:
            try:
                carry_out(engine, action, json.dumps(valid | {name: value}).encode())
            except KinesisError as error:
                assert error.status == 400, (name, value)  # noqa: PT017


@pytest.mark.parametrize("name", [".", "..", "a/b", "../x", "", "a" * 129, "s~deleted-1"])
def test_a_name_that_is_a_path_is_no_streams(engine: Engine, tmp_path: Path, name: str) -> None:
    """By name or by ARN it is refused at every action, and nothing outside the streams' folder is touched."""
    before = sorted(tmp_path.rglob("*"))
    for action in ("CreateStream", "DeleteStream", "DescribeStream"):
        for field in ({"StreamName": name}, {"StreamARN": engine.arn(name)}):
            with pytest.raises(KinesisError, match="ValidationException"):
                _call(engine, action, **field, **({"ShardCount": 1} if action[0] == "C" else {}))
    assert sorted(tmp_path.rglob("*")) == before


def test_what_is_no_stream_does_not_stop_the_engine(engine: Engine, tmp_path: Path) -> None:
    """What an earlier version made of streams named `.` and `..` is left alone, and the others are there."""
    _put(engine, "a")
    engine.close()
    for folder in (tmp_path / "streams", tmp_path):
        shutil.copytree(tmp_path / "streams" / "s" / "shardId-000000000000", folder / "shardId-0")
        shutil.copy(tmp_path / "streams" / "s" / "stream.json", folder)
    before = sorted(tmp_path.rglob("*"))
    again = Engine(tmp_path)
    assert again.names == ["s"]
    again.close()
    assert sorted(tmp_path.rglob("*")) == before
