"""`dbutils.fs` on folders: a folder is in the place of S3, a dictionary in that of Spark's settings."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from services.settings import Settings
from services.workspace.kernel.dbutils.filesystem import FileSystemUtils
from services.workspace.storage.local_store import LocalStore
from services.workspace.storage.resolver import StorageResolver


class Conf:
    """The part of `spark.conf` that mounts need."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {"spark.app.name": "test"}

    @property
    def getAll(self) -> dict[str, str]:
        return dict(self.values)

    def set(self, key: str, value: str) -> None:
        self.values[key] = value

    def unset(self, key: str) -> None:
        del self.values[key]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A workspace of the test's own, whose DBFS is there."""
    settings = Settings(state_dir=tmp_path / "state")
    settings.dbfs.mkdir(parents=True)
    return settings


@pytest.fixture
def conf() -> Conf:
    """The session's settings."""
    return Conf()


@pytest.fixture
def bucket(tmp_path: Path) -> Path:
    """The folder that every bucket is."""
    folder = tmp_path / "bucket"
    folder.mkdir()
    return folder


@pytest.fixture
def fs(
    settings: Settings, conf: Conf, bucket: Path, monkeypatch: pytest.MonkeyPatch
) -> FileSystemUtils:
    """`dbutils.fs`."""
    client = SimpleNamespace(head_bucket=lambda **_: None)
    monkeypatch.setattr(StorageResolver, "_source", lambda *_: LocalStore(bucket))
    monkeypatch.setattr(StorageResolver, "s3", client)
    spark: Any = SimpleNamespace(conf=conf)
    return FileSystemUtils(spark, settings)
