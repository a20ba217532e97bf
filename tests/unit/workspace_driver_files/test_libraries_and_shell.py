"""What opens files by C code or by a process of its own is led to DBFS too."""

import sqlite3
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import deltalake
import pandas as pd  # type: ignore[import-untyped]
import pyarrow.csv
import pyarrow.parquet
import pytest

from services.workspace.driver_files.import_hook import AfterImport
from services.workspace.driver_files.library_calls import CALLS, adapt
from services.workspace.driver_files.places import DbfsPlaces
from services.workspace.driver_files.shell_text import on_disk, popen_start

EVERYWHERE = pytest.mark.parametrize("folder", ["/dbfs/FileStore", "/dbfs/mnt/x/topics"])
"""In DBFS' own folder, and below a mount."""


@pytest.fixture
def libraries(places: DbfsPlaces, monkeypatch: pytest.MonkeyPatch) -> DbfsPlaces:
    """Libraries as a notebook's process has them."""
    for name in ("pyarrow", "pyarrow.csv", "pyarrow.parquet", "sqlite3", "deltalake"):
        __import__(name)
        for call in CALLS[name]:
            kept = getattr(sys.modules[name], call)
            monkeypatch.setattr(sys.modules[name], call, kept)
            if isinstance(kept, type) and "__init__" in vars(kept):
                monkeypatch.setattr(kept, "__init__", kept.__init__)  # type: ignore[misc]
        adapt(sys.modules[name], places)
    return places


@EVERYWHERE
def test_parquet_files_and_folders_are_read_and_written(folder: str, libraries: DbfsPlaces) -> None:
    """By pandas and by Arrow itself; a folder is what Spark writes."""
    frame = pd.DataFrame({"ind": [1, 2], "country": ["Chad", "Peru"]})
    frame.to_parquet(f"{folder}/one.parquet")
    frame.to_parquet(f"{folder}/many", partition_cols=["country"])
    assert pd.read_parquet(f"{folder}/one.parquet").equals(frame)
    assert len(pd.read_parquet(f"{folder}/many")) == 2
    assert pyarrow.parquet.ParquetFile(f"{folder}/one.parquet").metadata.num_rows == 2
    assert pyarrow.parquet.read_schema(Path(folder, "one.parquet")).names == ["ind", "country"]


@EVERYWHERE
def test_other_readers_in_c(folder: str, libraries: DbfsPlaces) -> None:
    """Arrow's CSV, Delta's Rust, NumPy's own."""
    there = places_on_disk()
    Path(folder, "a.csv").write_text("x\n1\n")
    assert pyarrow.csv.read_csv(f"{folder}/a.csv").num_rows == 1
    assert len(pd.read_csv(f"{folder}/a.csv", engine="pyarrow")) == 1
    deltalake.write_deltalake(f"{folder}/table", pd.DataFrame({"n": [1]}))
    assert deltalake.DeltaTable(f"{folder}/table").version() == 0
    assert Path(folder, "table/_delta_log").is_dir()
    assert there == places_on_disk()


def places_on_disk() -> bytes:
    """The machine's own `/dbfs`, which is nobody's business."""
    return subprocess.run(
        ["find", "/dbfs", "-maxdepth", "3"], capture_output=True, check=False
    ).stdout


@EVERYWHERE
def test_their_errors_name_the_path_as_it_was_written(folder: str, libraries: DbfsPlaces) -> None:
    """In the text, where Arrow has it."""
    for read in (pyarrow.csv.read_csv, pyarrow.parquet.ParquetFile):
        with pytest.raises(FileNotFoundError, match=f"{folder}/none.x") as raised:
            read(f"{folder}/none.x")
        assert str(libraries.folder) not in str(raised.value)


def test_what_writes_into_an_open_file_is_refused_below_a_mount(libraries: DbfsPlaces) -> None:
    """It would never reach S3; DBFS itself takes it."""
    with pytest.raises(OSError, match="copy it here when it is closed"):
        sqlite3.connect("/dbfs/mnt/x/a.db")
    with sqlite3.connect("/dbfs/FileStore/a.db") as database:
        database.execute("create table t (x)")
    assert Path("/dbfs/FileStore/a.db").stat().st_size


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("cat /dbfs/FileStore/a.txt", "of a\n"),
        ('cat "/dbfs/FileStore/a.txt"; cd /dbfs/FileStore && pwd', "of a\n/dbfs/FileStore\n"),
        ("cp /dbfs/mnt/x/topics/a.json /dbfs/FileStore/b; ls /dbfs/FileStore", "a.txt\nb\n"),
        ("cat /dbfs/mnt/x/topics/*.json", '{"index": 1}\n'),
        ("ls /dbfs/mnt/x/", "topics\n"),
        ("echo 1 > /dbfs/mnt/x/topics/new; rm /dbfs/mnt/x/topics/a.json", ""),
        ("echo s3:/dbfs/x /dbfsx dbfs:/x ./dbfs", "s3:/dbfs/x /dbfsx dbfs:/x ./dbfs\n"),
    ],
)
def test_a_shell_sees_dbfs(command: str, shown: str, places: DbfsPlaces, bucket: Path) -> None:
    """Its output names paths as the notebook does; S3 has what it changed."""
    Path("/dbfs/FileStore/a.txt").write_text("of a\n")
    with on_disk(command, places) as known:
        done = subprocess.run(
            ["/bin/sh", "-c", known.text], capture_output=True, text=True, check=True
        )
    assert known.shown(done.stdout) == shown
    if "rm" in command:
        assert [file.name for file in (bucket / "topics").iterdir()] == ["new"]


def test_a_process_gets_its_arguments_as_they_are_on_the_disk(
    places: DbfsPlaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a list, as a text, as its working folder."""
    start = popen_start(subprocess.Popen.__init__, places)
    monkeypatch.setattr(subprocess.Popen, "__init__", start)
    Path("/dbfs/FileStore/a.txt").write_text("of a")
    path = "/dbfs/FileStore/a.txt"
    assert subprocess.check_output(["cat", path]) == b"of a"
    assert subprocess.check_output(f"cat {path}", shell=True) == b"of a"  # noqa: S602
    assert subprocess.check_output(["cat", "a.txt"], cwd="/dbfs/FileStore") == b"of a"


def test_a_library_is_adapted_when_it_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, right after its own code."""
    (tmp_path / "loaded_later.py").write_text("value = 1")
    seen: list[ModuleType] = []
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(
        sys, "meta_path", [AfterImport({"loaded_later"}, seen.append), *sys.meta_path]
    )
    for _ in range(2):
        module = __import__("loaded_later")
    assert (seen, module.value) == ([module], 1)
