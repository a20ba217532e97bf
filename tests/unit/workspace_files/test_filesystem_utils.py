"""`dbutils.fs` answers, prints and fails as Databricks' does."""

from pathlib import Path
from typing import Any

import pytest

from services.settings import Settings
from services.workspace.kernel.dbutils import fs_files
from services.workspace.kernel.dbutils.filesystem import FileSystemUtils
from services.workspace.kernel.dbutils.fs_call import ExecutionError
from services.workspace.kernel.dbutils.fs_files import FileInfo
from services.workspace.kernel.dbutils.fs_mounts import MountInfo
from services.workspace.storage.mounts import Mounts
from tests.unit.workspace_files.conftest import Conf

LINK = "fs.viewfs.mounttable.default.link./mnt/x"
MOUNTED = [MountInfo("/", "DatabricksRoot", ""), MountInfo("/mnt/x", "s3a://b", "")]


def test_mount_says_nothing_and_reaches_the_running_session(
    fs: FileSystemUtils, conf: Conf, capsys: pytest.CaptureFixture[str]
) -> None:
    """True, no word, and no key anywhere."""
    assert fs.mount("s3n://AKIA:SEC%2FRET@b", "/mnt/x") is True
    assert capsys.readouterr().out == ""
    assert conf.values[LINK] == "s3a://b/"
    assert fs.mounts() == MOUNTED


def test_mounting_again_fails_in_databricks_words(fs: FileSystemUtils) -> None:
    """Notebooks search the text for them."""
    fs.mount("s3a://b", "/mnt/x")
    with pytest.raises(ExecutionError) as failed:
        fs.mount("s3a://b", "/mnt/x/")
    assert (
        "java.rmi.RemoteException: java.lang.IllegalArgumentException: requirement failed: "
        "Directory already mounted: /mnt/x; nested exception is: "
    ) in str(failed.value)


def test_unmount_is_said_and_leaves_the_session(
    fs: FileSystemUtils, conf: Conf, bucket: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The bucket stays as it is."""
    (bucket / "kept").touch()
    fs.mount("s3a://b", "/mnt/x")
    assert fs.unmount(mountPoint="/mnt/x/") is True
    assert capsys.readouterr().out == "/mnt/x has been unmounted.\n"
    assert LINK not in conf.values
    assert fs.mounts() == MOUNTED[:1]
    assert (bucket / "kept").exists()


def test_mounts_of_other_notebooks_come_with_a_refresh(
    fs: FileSystemUtils, conf: Conf, settings: Settings
) -> None:
    """And do not touch the session's other settings."""
    Mounts(settings).add("/mnt/x", "s3a://b/")
    assert fs.refreshMounts() is True
    assert conf.values == {"spark.app.name": "test", LINK: "s3a://b/"}


def test_update_mount_replaces_a_source(fs: FileSystemUtils, conf: Conf) -> None:
    """The place stays the same."""
    fs.mount("s3a://b", "/mnt/x")
    assert fs.updateMount(source="s3a://c/p", mountPoint="/mnt/x", extraConfigs={}) is True
    assert conf.values[LINK] == "s3a://c/p"


def test_ls_lists_files_and_folders(fs: FileSystemUtils, settings: Settings, bucket: Path) -> None:
    """Paths begin with `dbfs:`, folders end in a slash, a mount is a folder where it is mounted."""
    (settings.dbfs / "a" / "inner").mkdir(parents=True)
    (settings.dbfs / "a" / "f.txt").write_text("four")
    (settings.dbfs / "a" / ".f.txt.crc").touch()
    (bucket / "topics").mkdir()
    fs.mount("s3a://b", "/mnt/x")
    file, folder = fs.ls("dbfs:/a")
    assert file[:3] == ("dbfs:/a/f.txt", "f.txt", 4)
    assert file.modificationTime > 1_600_000_000_000
    assert file.isFile()
    assert folder[:3] == ("dbfs:/a/inner/", "inner/", 0)
    assert folder.isDir()
    assert [row.name for row in fs.ls("/")] == ["a/", "mnt/"]
    assert [row.path for row in fs.ls("/mnt")] == ["dbfs:/mnt/x/"]
    assert [row.path for row in fs.ls(dir="/mnt/x")] == ["dbfs:/mnt/x/topics/"]
    assert fs.ls("/a/f.txt") == [file]


def test_ls_of_what_is_not_there_fails_in_databricks_words(fs: FileSystemUtils) -> None:
    """One exception class, a Java name in its text, the address as notebooks write it."""
    with pytest.raises(
        ExecutionError,
        match=r"FSUtils\.ls\.\n: java\.io\.FileNotFoundException: No such file or directory: dbfs:/no$",
    ):
        fs.ls("/no")


def test_put_once(fs: FileSystemUtils, capsys: pytest.CaptureFixture[str]) -> None:
    """The second time it must be asked for; bytes are counted, not characters."""
    assert fs.put("/a/x.txt", "é") is True
    assert capsys.readouterr().out == "Wrote 2 bytes.\n"
    with pytest.raises(ExecutionError, match=r"FileAlreadyExistsException: dbfs:/a/x\.txt"):
        fs.put("/a/x.txt", "b")
    assert fs.put("/a/x.txt", "b", overwrite=True) is True
    assert fs.head("/a/x.txt") == "b"


def test_head_says_that_there_is_more(
    fs: FileSystemUtils, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both spellings of the limit are taken."""
    fs.put("/x", "abcdef")
    capsys.readouterr()
    assert fs.head("/x", maxBytes=3) == fs.head("/x", max_bytes=3) == "abc"
    assert capsys.readouterr().out == "[Truncated to first 3 bytes]\n" * 2
    assert fs.head("/x", 6) == "abcdef"
    assert capsys.readouterr().out == ""


def test_rm_of_what_is_not_there_is_no_error(fs: FileSystemUtils) -> None:
    """The course's notebooks begin by deleting their checkpoints."""
    assert fs.rm("/kinesis/_checkpoints/", True) is False  # noqa: FBT003 - as notebooks call it


def test_rm_takes_a_full_folder_only_when_asked(fs: FileSystemUtils, settings: Settings) -> None:
    """A mistake costs an error, not data."""
    fs.put("/a/b/c", "x")
    with pytest.raises(ExecutionError, match="recurse=True"):
        fs.rm("/a")
    assert fs.rm("/a", recurse=True) is True
    assert not (settings.dbfs / "a").exists()
    fs.mkdirs("/empty")
    assert fs.rm("/empty") is True


@pytest.mark.parametrize("path", ["/", "/mnt", "/mnt/x", "dbfs:/mnt/../"])
def test_rm_never_takes_what_is_mounted(fs: FileSystemUtils, bucket: Path, path: str) -> None:
    """Neither by the mount point nor by a folder around it."""
    (bucket / "kept").touch()
    fs.mount("s3a://b", "/mnt/x")
    with pytest.raises(ExecutionError, match=r"mount|root"):
        fs.rm(path, recurse=True)
    assert (bucket / "kept").exists()


def test_rm_stops_the_streams_whose_checkpoint_it_takes(
    fs: FileSystemUtils, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second run of the cell in JupyterLab must work; streams elsewhere go on."""
    stopped: list[str] = []

    class Query:
        def __init__(self, name: str) -> None:
            self.stop = lambda: stopped.append(name)

    queries: dict[str, Any] = {"dbfs:/c/pin": Query("pin"), "/c2": Query("other")}
    monkeypatch.setattr(fs_files, "running_checkpoints", lambda: queries)
    fs.put("/c/pin/offsets/0", "x")
    assert fs.rm("/c/", recurse=True) is True
    assert stopped == ["pin"]
    assert "dbfs:/c/pin was stopped" in capsys.readouterr().out


def test_nothing_leads_out_of_dbfs(fs: FileSystemUtils, settings: Settings) -> None:
    """`..` ends at DBFS' root."""
    outside = settings.state_dir / "secret"
    outside.write_text("x")
    with pytest.raises(ExecutionError, match="No such file"):
        fs.head("/../secret")
    assert fs.rm("dbfs:/a/../../secret") is False
    assert outside.exists()


def test_help_names_every_call(fs: FileSystemUtils, capsys: pytest.CaptureFixture[str]) -> None:
    """What it does not name does not exist."""
    fs.help()
    shown = capsys.readouterr().out
    calls = [name for name in dir(FileSystemUtils) if not name.startswith("_") and name != "help"]
    assert [name for name in calls if f"  {name} " not in shown] == []
    fs.help("cp")
    assert capsys.readouterr().out.startswith("cp(from, to, recurse=False)")


def test_rows_are_shown_as_on_databricks() -> None:
    """Notebooks print them."""
    row = FileInfo("dbfs:/a", "a", 202, 1687110999000)
    assert (
        repr(row) == "FileInfo(path='dbfs:/a', name='a', size=202, modificationTime=1687110999000)"
    )
