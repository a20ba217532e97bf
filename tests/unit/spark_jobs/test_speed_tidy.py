"""Small files are joined and old ones go, while appends come in."""

from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake

from services.settings import Settings
from services.tables import USER
from spark_jobs.lake import speed_tier
from spark_jobs.speed import tables
from spark_jobs.speed.tidy import tidy

QUERY = "a query"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty table."""
    settings = Settings(state_dir=tmp_path)
    tables.create(settings)
    return speed_tier(settings, USER).rows.folder


def _append(folder: Path, batches: range) -> None:
    for batch in batches:
        rows = pa.Table.from_pylist([{"ind": batch}], tables.columns(USER))
        once = CommitProperties(app_transactions=[Transaction(QUERY, batch)])
        write_deltalake(folder, rows, mode="append", commit_properties=once)


def _inds(table: DeltaTable) -> list[int]:
    return sorted(table.to_pyarrow_table()["ind"].to_pylist())


def test_a_few_files_are_left_alone(folder: Path) -> None:
    """Nothing is rewritten for nothing."""
    _append(folder, range(3))
    version = DeltaTable(folder).version()
    assert not tidy(folder, few=3)
    assert DeltaTable(folder).version() == version


def test_many_files_become_one(folder: Path) -> None:
    """The rows are the same, and the table still knows how far its query has come."""
    _append(folder, range(8))
    assert tidy(folder, few=3)
    table = DeltaTable(folder)
    assert len(table.file_uris()) == 1
    assert _inds(table) == list(range(8))
    assert table.transaction_version(QUERY) == 7


def test_a_reader_of_the_old_version_keeps_its_files(folder: Path) -> None:
    """Files outlive the version that last needed them by minutes."""
    _append(folder, range(8))
    old = DeltaTable(folder)
    tidy(folder, few=3)
    assert _inds(old) == list(range(8))


def test_an_open_writer_goes_on(folder: Path) -> None:
    """An append that looked at the table before it was compacted lands after it."""
    _append(folder, range(8))
    table = DeltaTable(folder)
    tidy(folder, few=3)
    rows = pa.Table.from_pylist([{"ind": 8}], tables.columns(USER))
    once = CommitProperties(app_transactions=[Transaction(QUERY, 8)])
    write_deltalake(table, rows, mode="append", commit_properties=once)
    assert _inds(DeltaTable(folder)) == list(range(9))


def test_old_files_and_log_entries_go(folder: Path) -> None:
    """What no reader can need any more is deleted, so that a long run has a bounded number of files."""
    DeltaTable(folder).alter.set_table_properties(
        {
            "delta.deletedFileRetentionDuration": "interval 0 seconds",
            "delta.logRetentionDuration": "interval 0 seconds",
        }
    )
    for start in range(0, 40, 8):
        _append(folder, range(start, start + 8))
        tidy(folder, few=3)
    table = DeltaTable(folder)
    assert _inds(table) == list(range(40))
    assert table.transaction_version(QUERY) == 39
    assert len(list(folder.glob("*.parquet"))) < 12
    assert len(list((folder / "_delta_log").glob("*.json"))) < 20
