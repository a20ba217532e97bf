"""Files are copied and moved between DBFS, what is mounted, and the disk, and never lost on the way."""

from pathlib import Path

import pytest

from services.settings import Settings
from services.workspace.kernel.dbutils.filesystem import FileSystemUtils
from services.workspace.kernel.dbutils.fs_call import ExecutionError


@pytest.fixture(autouse=True)
def _mounted(fs: FileSystemUtils) -> None:
    fs.mount("s3a://b", "/mnt/x")
    fs.put("/a/one", "1")
    fs.put("/a/in/two", "2")


def test_a_file_is_copied_to_a_name_or_into_a_folder(fs: FileSystemUtils, bucket: Path) -> None:
    """As with any copy command."""
    assert fs.cp("/a/one", "/mnt/x/new/name") is True
    assert fs.cp(from_="dbfs:/a/one", to="/mnt/x/new") is True
    assert (bucket / "new" / "name").read_text() == (bucket / "new" / "one").read_text() == "1"


def test_a_folder_is_copied_when_asked(fs: FileSystemUtils, bucket: Path) -> None:
    """With all below it; without being asked it is refused."""
    with pytest.raises(ExecutionError, match="recurse=True"):
        fs.cp("/a", "/mnt/x/copy")
    assert not (bucket / "copy").exists()
    assert fs.cp("/a", "/mnt/x/copy", recurse=True) is True
    assert (bucket / "copy" / "in" / "two").read_text() == "2"


def test_the_disk_is_reached_by_its_scheme(fs: FileSystemUtils, tmp_path: Path) -> None:
    """`file:/` is this machine's."""
    assert fs.cp("/a/one", f"file:{tmp_path}/out/one") is True
    assert (tmp_path / "out" / "one").read_text() == "1"
    assert fs.cp(source=f"file:{tmp_path}/out", dest="/back", recurse=True) is True
    assert fs.head("/back/one") == "1"


def test_moving_removes_the_source(fs: FileSystemUtils, settings: Settings) -> None:
    """Once it has been copied."""
    assert fs.mv("/a", "/b", recurse=True) is True
    assert fs.head("/b/in/two") == "2"
    assert not (settings.dbfs / "a").exists()


@pytest.mark.parametrize("other", ["/a/one", "/a/../a/one", "/a"])
def test_moving_to_the_same_place_loses_nothing(fs: FileSystemUtils, other: str) -> None:
    """However it is spelled, or named by its folder."""
    assert fs.mv("/a/one", other) is True
    assert fs.head("/a/one") == "1"


def test_moving_to_the_same_place_by_another_road_loses_nothing(
    fs: FileSystemUtils, settings: Settings
) -> None:
    """DBFS lies on the disk."""
    assert fs.mv("/a", f"file:{settings.dbfs}/a", recurse=True) is True
    assert fs.head("/a/one") == "1"


def test_a_folder_is_not_copied_into_itself(fs: FileSystemUtils) -> None:
    """It would never end."""
    with pytest.raises(ExecutionError, match="into itself"):
        fs.cp("/a", "/a/in/deeper", recurse=True)


def test_what_is_not_there_cannot_be_copied(fs: FileSystemUtils, bucket: Path) -> None:
    """And the target is not made."""
    with pytest.raises(ExecutionError, match="FileNotFoundException"):
        fs.cp("/no", "/mnt/x/no", recurse=True)
    assert list(bucket.iterdir()) == []
