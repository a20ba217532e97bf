"""A source whose tables a test may replace; the seed is put back afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from services.settings import Settings
from services.source.engine import owner_engine
from services.source.load import load_parts
from services.source.provision import seed_parts
from services.source.reader import SourceReader


@pytest.fixture(scope="module")
def owner(infra: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Connections of the tables' owner; at the end of the module the seed is back."""
    engine = owner_engine(infra)
    yield engine
    load_parts(engine, seed_parts(), tmp_path_factory.mktemp("seed"), lambda _: None)
    engine.dispose()


@pytest.fixture
def source(
    infra: Settings, owner: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """The source's settings with a state folder of the test's own, also for the command line."""
    assert owner.url.database == infra.mysql_database
    for name in ("port", "database", "user", "reader_user"):
        monkeypatch.setenv(f"MYSQL_{name.upper()}", str(getattr(infra, f"mysql_{name}")))
    monkeypatch.setenv("MYSQL_PASSWORD", infra.mysql_password.get_secret_value())
    monkeypatch.setenv("MYSQL_READER_PASSWORD", infra.mysql_reader_password.get_secret_value())
    monkeypatch.setenv("STATE_DIR", str(tmp_path))
    return infra.model_copy(update={"state_dir": tmp_path})


@pytest.fixture
def reader(source: Settings) -> Iterator[SourceReader]:
    """A reader of the source."""
    with SourceReader(source) as reader:
        yield reader
