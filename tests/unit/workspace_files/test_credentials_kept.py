"""The cloud's keys are where the course's notebooks look for them."""

import csv
import json
import stat
from pathlib import Path

import pytest
from deltalake import DeltaTable
from pydantic import SecretStr

from services.settings import Settings
from services.workspace.credentials import ensure_credentials


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A stack with keys of its own."""
    return Settings(
        state_dir=tmp_path,
        aws_access_key_id=SecretStr("LKIA"),
        aws_secret_access_key=SecretStr("s/+,"),
    )


def keys(settings: Settings) -> list[tuple[str, str]]:
    """What the file says, then what the table says."""
    with (settings.dbfs / "FileStore/tables/authentication_credentials.csv").open() as file:
        rows = [*csv.DictReader(file)]
    rows += (
        DeltaTable(settings.dbfs / "user/hive/warehouse/authentication_credentials")
        .to_pyarrow_table()
        .to_pylist()
    )
    return [(row["Access key ID"], row["Secret access key"]) for row in rows]


def test_file_and_table_hold_the_local_keys(settings: Settings) -> None:
    """One row each, under AWS' own column names."""
    ensure_credentials(settings)
    assert keys(settings) == [("LKIA", "s/+,")] * 2


def test_new_keys_take_the_old_ones_place(settings: Settings) -> None:
    """Still one row each."""
    ensure_credentials(settings)
    ensure_credentials(settings.model_copy(update={"aws_access_key_id": SecretStr("NEW")}))
    assert keys(settings) == [("NEW", "s/+,")] * 2


def test_a_table_that_was_dropped_comes_back(settings: Settings) -> None:
    """The file alone does not stand for both."""
    ensure_credentials(settings)
    table = settings.dbfs / "user/hive/warehouse/authentication_credentials"
    table.rename(table.with_name("away"))
    ensure_credentials(settings)
    assert len(keys(settings)) == 2


def test_nothing_is_written_when_all_is_as_it_should_be(settings: Settings) -> None:
    """It is asked at every notebook's beginning."""
    ensure_credentials(settings)
    table = DeltaTable(settings.dbfs / "user/hive/warehouse/authentication_credentials")
    ensure_credentials(settings)
    table.update_incremental()
    assert table.version() == 0


def test_only_the_owner_reads_them(settings: Settings) -> None:
    """The file by its own mode, the table by its folder's."""
    ensure_credentials(settings)
    file = settings.dbfs / "FileStore/tables/authentication_credentials.csv"
    table = settings.dbfs / "user/hive/warehouse/authentication_credentials"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(table.stat().st_mode) == 0o700


def test_keys_that_boto3_finds_by_itself_are_not_written(tmp_path: Path) -> None:
    """They would be a real account's."""
    settings = Settings(state_dir=tmp_path)
    ensure_credentials(settings)
    assert not settings.dbfs.exists()


def test_a_table_that_cannot_be_read_is_made_anew(settings: Settings) -> None:
    """Spark makes such a table, without a column, of a name whose folder was not there."""
    log = settings.dbfs / "user/hive/warehouse/authentication_credentials/_delta_log"
    log.mkdir(parents=True)
    schema = {"type": "struct", "fields": []}
    metadata = {
        "id": "0",
        "format": {"provider": "parquet", "options": {}},
        "schemaString": json.dumps(schema),
        "partitionColumns": [],
        "configuration": {},
    }
    actions = [{"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}}, {"metaData": metadata}]
    text = "\n".join(json.dumps(action) for action in actions)
    (log / "00000000000000000000.json").write_text(text)
    ensure_credentials(settings)
    assert len(keys(settings)) == 2
