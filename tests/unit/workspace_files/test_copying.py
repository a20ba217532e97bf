"""Files are copied and moved between DBFS, what is mounted, and the disk, and never lost on the way."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from services.settings import Settings
from services.workspace.kernel.dbutils.filesystem import FileSystemUtils
from services.workspace.kernel.dbutils.fs_call import ExecutionError
from services.workspace.storage.resolver import StorageResolver


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


class Keys:
    """A bucket of S3, as far as listing and reading it goes."""

    def __init__(self, *keys: str) -> None:
        self._keys = keys

    def get_paginator(self, _: str) -> "Keys":
        return self

    def paginate(self, Prefix: str, Delimiter: str = "", **_: object) -> list[dict[str, Any]]:
        below = [key for key in self._keys if key.startswith(Prefix)]
        rests = [key.removeprefix(Prefix) for key in below]
        folders = {Prefix + r.partition("/")[0] + "/" for r in rests if "/" in r and Delimiter}
        files = [
            key for key, rest in zip(below, rests, strict=True) if not Delimiter or "/" not in rest
        ]
        modified = datetime(2026, 1, 1, tzinfo=UTC)
        contents = [{"Key": key, "Size": 1, "LastModified": modified} for key in files]
        return [{"CommonPrefixes": [{"Prefix": f} for f in sorted(folders)], "Contents": contents}]

    def list_objects_v2(self, Prefix: str, **_: object) -> dict[str, int]:
        return {"KeyCount": sum(key.startswith(Prefix) for key in self._keys)}

    def head_object(self, Key: str, **_: object) -> None:
        raise ClientError({"Error": {"Code": "404"}}, "HeadObject")

    def get_object(self, Key: str, **_: object) -> dict[str, BytesIO]:
        return {"Body": BytesIO(Key.encode())}


@pytest.mark.parametrize(
    "key", ["in/../../../out", "in/./x", "in//x", "in/a/../x", "in//etc/passwd", "in/..", "in/."]
)
@pytest.mark.parametrize("call", ["cp", "mv"])
def test_a_prefix_with_keys_that_lead_out_of_the_target_is_not_copied(
    fs: FileSystemUtils, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, call: str
) -> None:
    """Nothing is written then, neither outside nor inside; the error says which keys and what to do."""
    monkeypatch.setattr(StorageResolver, "s3", Keys("in/a/first", key))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ExecutionError, match=r"s3a://b/in.* no paths below it.* boto3"):
        getattr(fs, call)("s3a://b/in", "dbfs:/target/deep", recurse=True)
    assert sorted(tmp_path.rglob("*")) == before


def test_other_keys_of_a_prefix_are_copied(
    fs: FileSystemUtils, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dots, backslashes and blanks in a name are a file's right."""
    keys = ("in/a/..b", "in/..c/d", "in/e\\..\\f", "in/ g")
    monkeypatch.setattr(StorageResolver, "s3", Keys(*keys))
    assert fs.cp("s3a://b/in", "/target", recurse=True) is True
    assert {fs.head(f"/target/{key.removeprefix('in/')}") for key in keys} == set(keys)
    assert len([f for f in (settings.dbfs / "target").rglob("*") if f.is_file()]) == len(keys)


@pytest.mark.parametrize("call", ["ls", "head", "mkdirs", "rm"])
@pytest.mark.parametrize("path", ["/a\0b", "file:/tmp/\0", "/\ud800"])
def test_a_path_that_no_file_can_have_is_an_error_of_the_call(
    fs: FileSystemUtils, call: str, path: str
) -> None:
    """With Databricks' name for it, as for every other path."""
    with pytest.raises(ExecutionError, match="no file's name can"):
        getattr(fs, call)(path)
