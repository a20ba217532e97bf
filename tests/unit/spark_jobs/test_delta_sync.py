"""A loss of power, built: the files of a Delta commit that was not synced are cut or zeroed."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake

from spark_jobs.delta_sync import FILE, drop_torn, sync_commits

OFFSETS = 200
QUERY = "a query"

Loss = Callable[[bytes, int], bytes]


def _cut(content: bytes, at: int) -> bytes:
    return content[:at]


def _zeros(content: bytes, at: int) -> bytes:
    return content[:at] + bytes(len(content) - at)


def _append(folder: Path, batch: int) -> None:
    rows = pa.table({"ind": [batch], "text": [f"text of {batch}" * 20]})
    once = CommitProperties(app_transactions=[Transaction(QUERY, batch)])
    write_deltalake(folder, rows, mode="append", commit_properties=once)


def _inds(folder: Path) -> list[int]:
    return sorted(DeltaTable(folder).to_pyarrow_table()["ind"].to_pylist())


def _log(folder: Path, version: int) -> Path:
    return folder / "_delta_log" / f"{version:020d}.json"


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table of which commits 0 and 1 are synced, and commit 2 is not."""
    folder = tmp_path_factory.mktemp("table")
    for batch in range(2):
        _append(folder, batch)
        sync_commits(folder)
    _append(folder, 2)
    return folder


def _newest_data(folder: Path) -> Path:
    before = set(DeltaTable(folder, version=1).file_uris())
    (newest,) = set(DeltaTable(folder).file_uris()) - before
    return Path(newest)


@pytest.mark.parametrize("loss", [_cut, _zeros])
@pytest.mark.parametrize("torn", ["commit", "data"])
def test_what_was_synced_is_there_after_a_loss_of_power_at_any_offset(
    table: Path, tmp_path: Path, torn: str, loss: Loss
) -> None:
    """The torn commit is as if it had never been; its batch can be appended again, and is there once."""
    name = _log(table, 2) if torn == "commit" else _newest_data(table)
    folder = shutil.copytree(table, tmp_path / "table")
    file, commit = folder / name.relative_to(table), _log(folder, 2)
    content, whole = file.read_bytes(), commit.read_bytes()
    for number in range(OFFSETS):
        commit.write_bytes(whole)
        file.write_bytes(loss(content, len(content) * number // OFFSETS))
        assert drop_torn(folder) == [commit.name]
        assert not commit.exists()
    assert (_inds(folder), DeltaTable(folder).transaction_version(QUERY)) == ([0, 1], 1)
    _append(folder, 2)
    sync_commits(folder)
    assert (drop_torn(folder), _inds(folder)) == ([], [0, 1, 2])


def test_a_commit_whose_data_never_reached_the_disk_goes(table: Path, tmp_path: Path) -> None:
    """A name in a folder is synced apart from the file that it names."""
    folder = shutil.copytree(table, tmp_path / "table")
    (folder / _newest_data(table).name).unlink()
    assert drop_torn(folder) == [_log(folder, 2).name]
    assert _inds(folder) == [0, 1]


def test_a_compaction_that_is_cut_doubles_nothing(table: Path, tmp_path: Path) -> None:
    """Half of its lines would leave a row's old file beside its new one."""
    whole = shutil.copytree(table, tmp_path / "table")
    sync_commits(whole)
    DeltaTable(whole).optimize.compact()
    commit = _log(whole, 3)
    content = commit.read_bytes()
    for size in range(0, len(content), len(content) // OFFSETS):
        commit.write_bytes(content[:size])
        assert drop_torn(whole) == [commit.name]
    assert _inds(whole) == [0, 1, 2]


def test_what_comes_after_a_torn_commit_goes_with_it(table: Path, tmp_path: Path) -> None:
    """It was not synced either, or the torn one would be whole."""
    folder = shutil.copytree(table, tmp_path / "table")
    _append(folder, 3)
    _log(folder, 2).write_bytes(b"")
    assert drop_torn(folder) == [_log(folder, 2).name, _log(folder, 3).name]
    assert _inds(folder) == [0, 1]


def test_a_synced_commit_is_never_taken_out(table: Path, tmp_path: Path) -> None:
    """What is wrong with one is damage: told by whoever reads it, and not mended by losing rows."""
    folder = shutil.copytree(table, tmp_path / "table")
    _log(folder, 1).write_bytes(b"")
    assert drop_torn(folder) == []


def test_files_that_only_old_versions_needed_may_be_gone(table: Path, tmp_path: Path) -> None:
    """In a table of an earlier version too, where nobody noted what is synced."""
    folder = shutil.copytree(table, tmp_path / "table")
    (folder / FILE).unlink()
    opened = DeltaTable(folder)
    opened.optimize.compact()
    opened.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False)
    assert drop_torn(folder) == []
    sync_commits(folder)
    assert _inds(folder) == [0, 1, 2]


def test_a_folder_without_a_table_is_left_alone(tmp_path: Path) -> None:
    """Before the first start there is nothing to recover."""
    assert drop_torn(tmp_path / "none") == []
