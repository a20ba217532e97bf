"""What a loss of power left of the speed layer is taken out before it streams again, and said."""

import json
import logging
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake

from services.settings import Settings
from services.tables import USER
from spark_jobs.delta_sync import sync_commits
from spark_jobs.lake import SpeedTier, speed_tier
from spark_jobs.speed import guard, tables
from spark_jobs.speed.recovery import recover_tables


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The tables of a stack of this test's own."""
    made = Settings(state_dir=tmp_path)
    tables.create(made)
    return made


def _batch(tier: SpeedTier, query_id: str, number: int) -> None:
    (tier.checkpoint / "offsets").mkdir(exist_ok=True)
    plan = json.dumps({"streams": {tier.stream: {"created": 1, "shards": {}}}})
    (tier.checkpoint / "offsets" / str(number)).write_text(f"v1\n{{}}\n{plan}")
    row = {"ind": number, "approximateArrivalTimestamp": datetime(2026, 11, 28, tzinfo=UTC)}
    once = CommitProperties(app_transactions=[Transaction(query_id, number)])
    rows = pa.Table.from_pylist([row], tables.columns(USER))
    write_deltalake(str(tier.rows), rows, mode="append", commit_properties=once)


def test_a_torn_batch_is_as_if_it_had_not_begun(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Its commit and the plan after it are gone; the query goes on, and Spark repeats the batch."""
    tier = speed_tier(settings, USER)
    identifier = guard.query_id(tier)
    _batch(tier, identifier, 0)
    sync_commits(tier.rows.folder)
    _batch(tier, identifier, 1)
    (tier.rows.folder / "_delta_log" / "00000000000000000002.json").write_bytes(bytes(900))
    (tier.checkpoint / "offsets" / "2").write_bytes(bytes(100))
    with caplog.at_level(logging.WARNING):
        recover_tables(settings)
        assert guard.query_id(tier) == identifier
    assert "took out commit 00000000000000000002.json" in caplog.text
    assert "deleted offsets/2" in caplog.text
    table = DeltaTable(tier.rows.folder)
    assert table.to_pyarrow_table()["ind"].to_pylist() == [0]
    assert table.transaction_version(identifier) == 0
    assert (tier.checkpoint / "offsets" / "1").exists()
