import os
from pathlib import Path

import pytest

from services.aws_gate import durability


@pytest.mark.parametrize(
    ("key", "query", "expected"),
    [
        ("d/k", {}, ["d/k", "d", ""]),
        ("d/", {}, ["d", ""]),
        ("d/k", {"uploadId": "u"}, ["d/k", "d", ""]),
        (
            "d/k",
            {"uploadId": "u", "partNumber": "2"},
            [
                ".mpus-u-d/k-2",
                ".mpus-u-d",
                "",
                ".mpus-u-d/k-stub",
                ".mpus-u-d",
                "",
                ".s3proxy-mpu-stub-u",
                "",
            ],
        ),
        ("d/k", {"uploads": ""}, []),
        ("none", {}, []),
    ],
)
def test_a_write_is_flushed_with_every_folder_on_its_way(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    key: str,
    query: dict[str, str],
    expected: list[str],
) -> None:
    """A file's name is in its folder, and a new folder's in the one above; what is gone already needs nothing."""
    bucket = tmp_path / "bucket"
    for name in ("d/k", ".mpus-u-d/k-2", ".mpus-u-d/k-stub", ".s3proxy-mpu-stub-u"):
        (bucket / name).parent.mkdir(parents=True, exist_ok=True)
        (bucket / name).touch()
    flushed: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda opened: flushed.append(os.fstat(opened).st_ino))
    durability.sync(bucket, key, query)
    assert flushed == [(bucket / name).stat().st_ino for name in expected]
