"""A process that sees DBFS at `/dbfs`; a folder is in the place of S3."""

from pathlib import Path

import pytest

from services.settings import Settings
from services.workspace.driver_files.installation import bindings, replacements
from services.workspace.driver_files.places import DbfsPlaces
from services.workspace.storage.local_store import LocalStore
from services.workspace.storage.mounts import Mounts
from services.workspace.storage.resolver import StorageResolver


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A workspace of the test's own."""
    settings = Settings(state_dir=tmp_path / "state", workspace_dir=tmp_path / "notebooks")
    (settings.dbfs / "FileStore").mkdir(parents=True)
    return settings


@pytest.fixture
def bucket(tmp_path: Path) -> Path:
    """The folder that every bucket is."""
    folder = tmp_path / "bucket"
    (folder / "topics").mkdir(parents=True)
    (folder / "topics" / "a.json").write_text('{"index": 1}\n')
    return folder


@pytest.fixture
def places(settings: Settings, bucket: Path, monkeypatch: pytest.MonkeyPatch) -> DbfsPlaces:
    """The process' view, with the bucket at /mnt/x; Python's own calls come back after the test."""
    monkeypatch.setattr(StorageResolver, "_source", lambda *_: LocalStore(bucket))
    Mounts(settings).add("/mnt/x", "s3a://b/")
    places = DbfsPlaces(settings)
    for module, name, call in list(bindings(replacements(places))):
        monkeypatch.setattr(module, name, call)
    return places
