"""A table is streamed into with its own checkpoint only: anything else would double or lose records."""

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake

from services.settings import Settings
from services.streams import checkpoint
from services.tables import GEO, PIN
from spark_jobs.lake import SpeedTier, speed_quarantine, speed_tier
from spark_jobs.speed import guard, tables
from spark_jobs.speed.guard import RefusedError


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The tables of a stack of this test's own."""
    made = Settings(state_dir=tmp_path)
    tables.create(made)
    return made


@pytest.fixture
def tier(settings: Settings) -> SpeedTier:
    """One of them."""
    return speed_tier(settings, GEO)


def _append(tier: SpeedTier, query_id: str, batch: int) -> None:
    rows = pa.Table.from_pylist([{"ind": batch}], tables.columns(GEO))
    once = CommitProperties(app_transactions=[Transaction(query_id, batch)])
    write_deltalake(str(tier.rows), rows, mode="append", commit_properties=once)


def _plan(tier: SpeedTier, batch: int, stream: str) -> None:
    offset = {"streams": {stream: {"created": 1, "shards": {}}}}
    folder = tier.checkpoint / "offsets"
    folder.mkdir(exist_ok=True)
    (folder / str(batch)).write_text(f"v1\n{{}}\n{json.dumps(offset)}")


def _streamed(tier: SpeedTier, batches: int = 3) -> str:
    """A table and a checkpoint as a run leaves them."""
    identifier = guard.query_id(tier)
    for batch in range(batches):
        _plan(tier, batch, tier.stream)
        _append(tier, identifier, batch)
    return identifier


def test_an_empty_table_gets_a_new_query(tier: SpeedTier) -> None:
    """The first start makes a checkpoint, and the second finds it."""
    assert guard.query_id(tier) == guard.query_id(tier)


def test_rows_of_a_shared_stream_are_another_querys(tier: SpeedTier) -> None:
    """They do not make the table's own query a stranger to it, whose stream has brought nothing yet."""
    known = guard.query_id(tier)
    rows = pa.Table.from_pylist([{"ind": 1, "shardId": "Kinesis-Prod/s"}], tables.columns(GEO))
    write_deltalake(str(tier.rows), rows, mode="append")
    assert guard.query_id(tier) == known


def test_a_restart_goes_on_with_its_query(tier: SpeedTier) -> None:
    """Also with a batch that was planned and did not reach the table."""
    identifier = _streamed(tier)
    _plan(tier, 3, tier.stream)
    assert guard.query_id(tier) == identifier


def test_a_deleted_checkpoint_is_refused(tier: SpeedTier) -> None:
    """The rows are in the table already, and would come in once more."""
    _streamed(tier)
    shutil.rmtree(tier.checkpoint)
    with pytest.raises(RefusedError, match=rf"{tier.name} .* its checkpoint is gone.*RESET=geo"):
        guard.query_id(tier)
    assert not tier.checkpoint.exists()


def _set_aside(tier: SpeedTier, query_id: str, batch: int) -> None:
    bad = pa.Table.from_pylist([{"stream": tier.stream}], tables.QUARANTINE)
    once = CommitProperties(app_transactions=[Transaction(query_id, batch)])
    folder = speed_quarantine(tier.lake).folder
    write_deltalake(folder, bad, mode="append", commit_properties=once)


def test_bad_records_alone_need_their_checkpoint_too(tier: SpeedTier) -> None:
    """Quarantine is as much a place of records as the table is: they would come in once more."""
    identifier = guard.query_id(tier)
    _plan(tier, 0, tier.stream)
    _set_aside(tier, identifier, 0)
    assert guard.query_id(tier) == identifier
    shutil.rmtree(tier.checkpoint)
    with pytest.raises(RefusedError, match="its checkpoint is gone"):
        guard.query_id(tier)


def test_a_checkpoint_older_than_quarantine_is_refused(tier: SpeedTier) -> None:
    """A batch that went to quarantine alone counts as much as one with rows."""
    identifier = _streamed(tier)
    _set_aside(tier, identifier, 3)
    with pytest.raises(RefusedError, match="ends before batch 3"):
        guard.query_id(tier)


def test_another_querys_checkpoint_is_refused(tier: SpeedTier) -> None:
    """A new checkpoint in the place of the old one knows nothing of the table's rows."""
    _streamed(tier)
    shutil.rmtree(tier.checkpoint)
    checkpoint.begin(tier.checkpoint)
    with pytest.raises(RefusedError, match="belongs to another query"):
        guard.query_id(tier)


def test_an_older_copy_of_the_checkpoint_is_refused(tier: SpeedTier) -> None:
    """Batch numbers that the table knows would be given to other records, which would then be skipped."""
    _streamed(tier)
    (tier.checkpoint / "offsets" / "2").unlink()
    with pytest.raises(RefusedError, match="ends before batch 2"):
        guard.query_id(tier)


def test_another_streams_checkpoint_is_refused(tier: SpeedTier) -> None:
    """The message names both streams."""
    guard.query_id(tier)
    _plan(tier, 0, "streaming-0a1b2c3d4e5f-pin")
    with pytest.raises(RefusedError, match=rf"streaming-0a1b2c3d4e5f-pin, not to {tier.stream}"):
        guard.query_id(tier)


def test_the_transaction_outlives_the_log(tier: SpeedTier) -> None:
    """The table still knows its query when a checkpoint of the log has taken the place of the commits."""
    identifier = _streamed(tier)
    DeltaTable(tier.rows.folder).create_checkpoint()
    for commit in (tier.rows.folder / "_delta_log").glob("*.json"):
        commit.unlink()
    assert DeltaTable(tier.rows.folder).transaction_version(identifier) == 2
    assert guard.query_id(tier) == identifier


def test_reset_moves_and_deletes_nothing(settings: Settings, tier: SpeedTier) -> None:
    """Table, checkpoint and the stream's quarantine lie in one dated folder; another stream's stays."""
    _streamed(tier)
    bad = [{"stream": stream} for stream in (tier.stream, "another")]
    quarantine = str(speed_quarantine(settings.lake))
    write_deltalake(quarantine, pa.Table.from_pylist(bad, tables.QUARANTINE), mode="append")
    aside = guard.reset(settings, tier)
    assert DeltaTable(aside / f"{tier.name}.table").count() == 3
    assert checkpoint.query_id(aside / f"{tier.name}.checkpoint") is not None
    moved = DeltaTable(aside / "quarantine").to_pyarrow_table()["stream"].to_pylist()
    kept = DeltaTable(quarantine).to_pyarrow_table()["stream"].to_pylist()
    assert (moved, kept) == ([tier.stream], ["another"])


def test_after_a_reset_the_table_begins_anew(settings: Settings, tier: SpeedTier) -> None:
    """The next start makes table and checkpoint, and is not refused; other tables are untouched."""
    pin = speed_tier(settings, PIN)
    theirs, before = guard.query_id(pin), _streamed(tier)
    guard.reset(settings, tier)
    tables.create(settings)
    assert guard.query_id(tier) != before
    assert guard.query_id(pin) == theirs
    assert DeltaTable(tier.rows.folder).count() == 0
