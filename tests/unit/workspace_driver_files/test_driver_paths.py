"""`/dbfs/…` is DBFS for Python's own calls of files, mounts included."""

import errno
import glob
import io
import json
import os
import runpy
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd  # type: ignore[import-untyped]
import pytest

from services.settings import Settings
from services.workspace.driver_files.places import DbfsPlaces
from services.workspace.storage.mounts import Mounts

pytestmark = pytest.mark.usefixtures("places")

EVERYWHERE = pytest.mark.parametrize("folder", ["/dbfs/FileStore", "/dbfs/mnt/x/topics"])
"""In DBFS' own folder, and below a mount."""


def _disk(path: str, settings: Settings, bucket: Path) -> Path:
    """Where the storage has what notebooks know by a path."""
    if path.startswith("/dbfs/mnt/x"):
        return bucket / path.removeprefix("/dbfs/mnt/x").lstrip("/")
    return settings.dbfs / path.removeprefix("/dbfs/")


def _by_open(path: str) -> None:
    with open(path, "w") as file:
        file.write("ind,country\n1,Chad\n")


def _by_pandas(path: str) -> None:
    pd.DataFrame({"ind": [1], "country": ["Chad"]}).to_csv(path, index=False)


def _by_path(path: str) -> None:
    Path(path).touch()
    Path(path).write_text("ind,country\n1,Chad\n")


def _by_binary(path: str) -> None:
    with io.open(path, "wb", buffering=0) as file:  # noqa: UP020 - the call under test
        file.write(b"ind,country\n1,Chad\n")


def _by_append(path: str) -> None:
    for line in ("ind,country\n", "1,Chad\n"):
        with open(path, "a") as file:
            file.write(line)


def _by_update(path: str) -> None:
    Path(path).write_text("ind,Country\n1,Chad\n")
    with open(path, "r+") as file:
        file.seek(4)
        file.write("c")


def _by_move(path: str) -> None:
    _by_open(f"{path}.new")
    os.rename(f"{path}.new", path)


def _by_shutil(path: str) -> None:
    _by_open(f"{path}.new")
    shutil.copy2(f"{path}.new", path)
    os.remove(f"{path}.new")


@EVERYWHERE
@pytest.mark.parametrize(
    "write",
    [
        _by_open,
        _by_pandas,
        _by_path,
        _by_binary,
        _by_append,
        _by_update,
        _by_move,
        _by_shutil,
    ],
)
def test_what_is_written_is_in_dbfs(
    folder: str, write: Callable[[str], None], settings: Settings, bucket: Path
) -> None:
    """By every usual way of writing; it is read again by pandas, and listed."""
    path = f"{folder}/out.csv"
    write(path)
    assert _disk(path, settings, bucket).read_text() == "ind,country\n1,Chad\n"
    assert pd.read_csv(path).to_dict("records") == [{"ind": 1, "country": "Chad"}]
    assert "out.csv" in os.listdir(folder)
    assert not Path("/dbfs").is_symlink()


@EVERYWHERE
def test_folders_are_made_listed_and_removed(folder: str, settings: Settings, bucket: Path) -> None:
    """`makedirs`, `walk`, both kinds of `glob`, `rmtree`."""
    os.makedirs(f"{folder}/a/b", exist_ok=True)
    for name in ("a/1.json", "a/b/2.json"):
        Path(folder, name).write_text("{}")
    assert sorted(glob.glob(f"{folder}/a/**/*.json", recursive=True)) == [
        f"{folder}/a/1.json",
        f"{folder}/a/b/2.json",
    ]
    assert sorted(map(str, Path(folder, "a").rglob("*.json"))) == [
        f"{folder}/a/1.json",
        f"{folder}/a/b/2.json",
    ]
    walked = [(top, sorted(below), names) for top, below, names in os.walk(f"{folder}/a")]
    assert walked == [(f"{folder}/a", ["b"], ["1.json"]), (f"{folder}/a/b", [], ["2.json"])]
    shutil.copytree(f"{folder}/a", f"{folder}/c")
    shutil.rmtree(f"{folder}/a")
    assert not _disk(f"{folder}/a", settings, bucket).exists()
    assert _disk(f"{folder}/c/b/2.json", settings, bucket).read_text() == "{}"


@EVERYWHERE
def test_archives_are_written_and_read(folder: str, tmp_path: Path) -> None:
    """Zip and tar, both ways."""
    with zipfile.ZipFile(f"{folder}/a.zip", "w") as archive:
        archive.writestr("x.txt", "text")
    zipfile.ZipFile(f"{folder}/a.zip").extract("x.txt", f"{folder}/unpacked")
    assert Path(folder, "unpacked/x.txt").read_text() == "text"
    shutil.make_archive(f"{folder}/t", "gztar", f"{folder}/unpacked")
    with tarfile.open(f"{folder}/t.tar.gz") as tar:
        tar.extract("./x.txt", tmp_path)
    assert (tmp_path / "x.txt").read_text() == "text"


@EVERYWHERE
def test_what_is_not_there_is_named_as_it_was_written(folder: str) -> None:
    """Never by where this machine keeps it."""
    for fail in (open, os.listdir, os.stat, os.remove, os.rmdir, pd.read_csv):
        with pytest.raises(FileNotFoundError) as raised:
            fail(f"{folder}/none/x.csv")
        assert raised.value.filename == f"{folder}/none/x.csv"
    with pytest.raises(FileNotFoundError):
        os.rename(f"{folder}/none", f"{folder}/other")
    with pytest.raises(FileNotFoundError):
        _by_open(f"{folder}/none/x.csv")


@EVERYWHERE
def test_sizes_kinds_and_names_are_those_of_files(folder: str) -> None:
    """`stat`, `isdir`, `getsize`, an open file's own name."""
    _by_open(f"{folder}/out.csv")
    assert (os.path.getsize(f"{folder}/out.csv"), os.path.isdir(folder)) == (19, True)
    with open(f"{folder}/out.csv") as file:
        assert file.name == f"{folder}/out.csv"
    [entry] = [e for e in os.scandir(folder) if e.name == "out.csv"]
    assert (entry.path, entry.is_file(), entry.stat().st_size) == (f"{folder}/out.csv", True, 19)
    assert os.path.realpath(f"{folder}/../{Path(folder).name}") == folder


@EVERYWHERE
def test_a_working_folder_of_dbfs_keeps_its_name(folder: str) -> None:
    """Relative paths start in it."""
    before = os.getcwd()
    try:
        os.chdir(folder)
        _by_open("out.csv")
        assert (os.getcwd(), os.path.exists(f"{folder}/out.csv")) == (folder, True)
        assert "out.csv" in os.listdir()
    finally:
        os.chdir(before)


def test_mounts_are_listed_where_they_are(bucket: Path) -> None:
    """Also where DBFS has no folder of their own."""
    assert "mnt" in os.listdir("/dbfs")
    assert os.listdir("/dbfs/mnt") == ["x"]
    assert json.loads(Path("/dbfs/mnt/x/topics/a.json").read_text()) == {"index": 1}
    (bucket / "topics" / "a.json").write_text("changed elsewhere")
    assert Path("/dbfs/mnt/x/topics/a.json").read_text() == "changed elsewhere"
    (bucket / "topics" / "a.json").unlink()
    assert os.listdir("/dbfs/mnt/x/topics") == []


def test_files_move_between_dbfs_and_a_mount(
    settings: Settings, bucket: Path, tmp_path: Path
) -> None:
    """By `os.rename` within DBFS, by `shutil.move` from anywhere."""
    _by_open("/dbfs/FileStore/out.csv")
    os.rename("/dbfs/FileStore/out.csv", "/dbfs/mnt/x/topics/out.csv")
    assert (bucket / "topics/out.csv").exists()
    assert not (settings.dbfs / "FileStore/out.csv").exists()
    shutil.move("/dbfs/mnt/x/topics/out.csv", tmp_path / "here.csv")
    assert not (bucket / "topics/out.csv").exists()
    with pytest.raises(OSError, match="cross-device") as raised:
        os.rename(tmp_path / "here.csv", "/dbfs/mnt/x/here.csv")
    assert raised.value.errno == errno.EXDEV


def test_sparks_checksums_are_nobodys_business(settings: Settings) -> None:
    """They are not listed, and not left behind for a content that they do not fit."""
    checksum = settings.dbfs / "FileStore" / ".out.csv.crc"
    for change in (_by_open, os.remove):
        checksum.write_text("of Spark")
        assert ".out.csv.crc" not in os.listdir("/dbfs/FileStore")
        change("/dbfs/FileStore/out.csv")
        assert not checksum.exists()
    checksum.write_text("of Spark")
    os.rmdir("/dbfs/FileStore")
    assert not (settings.dbfs / "FileStore").exists()


def test_what_this_workspace_does_not_have_is_said() -> None:
    """Databricks' sample data, for one."""
    with pytest.raises(FileNotFoundError, match="sample data sets are not part"):
        open("/dbfs/databricks-datasets/x.csv")  # noqa: SIM115


def test_other_paths_are_python_s_own(tmp_path: Path, places: DbfsPlaces) -> None:
    """Names that only begin alike, and what leads out of `/dbfs`."""
    for path in ("/dbfsx/y", "/dbfs/../etc", tmp_path, 3, None):
        assert places.dbfs_path(path) is None
    assert places.dbfs_path("//dbfs//a/./b/") == "/a/b"
    assert places.dbfs_path(b"/dbfs") == "/"


def test_an_upload_that_fails_is_an_error_of_the_close(
    places: DbfsPlaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What did not reach the bucket is not taken for written."""
    file = open("/dbfs/mnt/x/topics/out.csv", "w")  # noqa: SIM115
    file.write("x")

    def refuse(_path: str) -> None:
        raise OSError(errno.EIO, "S3 is gone")

    monkeypatch.setattr(places.copies, "upload", refuse)
    with pytest.raises(OSError, match=r"S3 is gone: '/dbfs/mnt/x/topics/out\.csv'"):
        file.close()


def test_a_killed_process_copies_are_removed_by_the_next(settings: Settings) -> None:
    """Each process has a folder of its own, for as long as it lives."""
    folders = settings.workspace_state / "mounted"
    (folders / "dead").mkdir(parents=True)
    (folders / "dead" / "lock").touch()
    os.listdir("/dbfs/mnt/x")
    DbfsPlaces(settings).copies.fetch_entry("/mnt/x")
    kept = [folder.name for folder in folders.glob("*/")]
    assert len(kept) == 2
    assert "dead" not in kept


def test_an_unmounted_bucket_is_out_of_sight(settings: Settings) -> None:
    """At once, as mounting is."""
    assert os.path.exists("/dbfs/mnt/x/topics")
    Mounts(settings).remove("/mnt/x")
    assert not os.path.exists("/dbfs/mnt/x/topics")


@pytest.mark.parametrize(
    "folder",
    [
        "/Workspace/Repos/me@mail.com/pins",
        "/Workspace/Users/me@mail.com/pins",
        "/Workspace/user/pins",
        "/Workspace/pins",
    ],
)
def test_the_workspace_is_seen_too(folder: str, settings: Settings) -> None:
    """Files beside notebooks, by the path that Databricks has them at; owners' folders may be missing."""
    there = settings.workspace_dir / "user" / "pins"
    there.mkdir(parents=True)
    (there / "creds.json").write_text("{}")
    assert json.loads(Path(f"{folder}/creds.json").read_text()) == {}
    _by_open(f"{folder}/new.csv")
    assert (there / "new.csv").exists()
    assert sorted(os.listdir(folder)) == ["creds.json", "new.csv"]
    before = os.getcwd()
    os.chdir(folder)
    assert os.path.exists("creds.json")
    os.chdir(before)
    with pytest.raises(FileNotFoundError, match=r"'/Workspace/none/x\.json'"):
        _by_open("/Workspace/none/x.json")


def test_code_of_dbfs_can_be_run(places: DbfsPlaces) -> None:
    """As a program, and as a module that is loaded by its file."""
    Path("/dbfs/FileStore/program.py").write_text("x = 1")
    assert runpy.run_path("/dbfs/FileStore/program.py")["x"] == 1
