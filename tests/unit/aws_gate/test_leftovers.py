import os
import time
from pathlib import Path

import pytest

from services.aws_gate.listing import xattr
from services.aws_gate.s3proxy.leftovers import sweep, sweep_interrupted

UUID = "01234567-89ab-4cde-8f01-23456789abcd"


def _file(path: Path, *, etag: bool) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    if etag:
        try:
            os.setxattr(path, "user.user.content-md5", b"0" * 16)
        except OSError:
            pytest.skip("this file system has no attributes")
    return path


@pytest.mark.skipif(not xattr.SUPPORTED, reason="Python reads no attributes here")
def test_only_unfinished_files_are_swept(tmp_path: Path) -> None:
    """An object keeps its name that ends in a UUID; a second link to a finished object goes."""
    objects = tmp_path / "objects"
    kept = {
        _file(objects / "b" / "k", etag=True),
        _file(objects / "b" / f"x-{UUID}", etag=True),
        _file(objects / "b" / "no-uuid", etag=False),
        _file(objects / "b" / f"x-{UUID.replace('4cde', '1cde')}", etag=False),
    }
    gone = {_file(objects / "b" / "deep" / f"k-{UUID}", etag=False), objects / "b" / f"k-{UUID}"}
    (objects / "b" / f"k-{UUID}").hardlink_to(objects / "b" / "k")
    assert sweep(objects) == len(gone)
    assert {path for path in objects.rglob("*") if path.is_file()} == kept


def test_an_interrupted_writes_file_goes_by_its_keys_name(tmp_path: Path) -> None:
    """Whatever is noted beside it; other keys' files stay, and what is older than the write."""
    folder = tmp_path / "b" / "d"
    _file(folder / f"k-{UUID}", etag=False)
    kept = {_file(folder / f"kk-{UUID}", etag=False), _file(folder / f"old-{UUID}", etag=False)}
    now = time.time()
    writes = {
        ("b", "d/k"): now - 5,
        ("b", "d/old"): now + 5,
        ("b", "none/x"): now - 5,
        ("", ""): now,
    }
    assert sweep_interrupted(tmp_path, writes) == 1
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == kept


def test_there_may_be_no_folder_yet(tmp_path: Path) -> None:
    """Nothing is swept, and nothing is made."""
    assert sweep(tmp_path / "none") == 0
    assert list(tmp_path.iterdir()) == []
