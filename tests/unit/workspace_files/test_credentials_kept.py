"""The cloud's keys are where the course's notebooks look for them."""

import csv
import json
import stat
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from pydantic import SecretStr

from services.settings import Settings
from services.workspace.credentials import (
    STAND_IN,
    ensure_credentials,
    own_keys,
    remove_old_versions,
)


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


@pytest.fixture
def real(settings: Settings) -> Settings:
    """The same stack with an AWS account's keys."""
    keys = {
        "aws_access_key_id": SecretStr("AKIAIOSFODNN7EXAMPLE"),
        "aws_secret_access_key": SecretStr("wJalrXUtnFEMI/K7MDENG"),
    }
    return settings.model_copy(update=keys)


def holders(folder: Path, text: str) -> list[str]:
    """Files that hold a text, whatever their format; the tables' files are packed by the page, and short."""
    return [
        file.name
        for file in folder.rglob("*")
        if file.is_file() and text.encode() in file.read_bytes()
    ]


@pytest.mark.parametrize("endpoint", ["aws", "http://127.0.0.1:4566"])
def test_an_accounts_keys_are_nowhere_in_the_lake(real: Settings, endpoint: str) -> None:
    """Stand-ins are there; against the local S3 too, where someone has put real keys into .env."""
    stack = real.model_copy(update={"aws_endpoint_url": endpoint})
    ensure_credentials(stack)
    assert keys(stack) == [STAND_IN] * 2
    for key in own_keys(stack):
        assert holders(stack.state_dir, key) == []


def test_any_key_is_an_accounts_where_aws_itself_is_asked(settings: Settings) -> None:
    """Keys of roles and of other clouds begin with other letters."""
    stack = settings.model_copy(update={"aws_endpoint_url": "aws"})
    ensure_credentials(stack)
    assert keys(stack) == [STAND_IN] * 2


def old_release(settings: Settings, real: Settings) -> None:
    """What earlier releases left: an account's keys, then those of today, in one table's history."""
    table = settings.dbfs / "user/hive/warehouse/authentication_credentials"
    table.mkdir(parents=True)
    for stack in (real, settings):
        row = ("databricks-user", *own_keys(stack))
        columns = ("User name", "Access key ID", "Secret access key")
        rows = pa.table({name: [value] for name, value in zip(columns, row, strict=True)})
        write_deltalake(str(table), rows, mode="overwrite")


@pytest.mark.parametrize("change", [ensure_credentials, remove_old_versions])
def test_old_versions_with_an_accounts_keys_are_removed(
    settings: Settings,
    real: Settings,
    change: Callable[[Settings], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Their rows, and the commits that tell of them; the log says so. The table goes on from its version."""
    old_release(settings, real)
    assert holders(settings.dbfs, real.aws_secret_access_key.get_secret_value()) != []
    change(settings)
    for key in own_keys(real):
        assert holders(settings.dbfs, key) == []
    assert keys(settings) == [own_keys(settings)] * 2
    assert "were removed" in caplog.text
    table = DeltaTable(settings.dbfs / "user/hive/warehouse/authentication_credentials")
    assert table.version() > 1
    caplog.clear()
    change(settings)
    assert caplog.text == ""


def test_keys_of_an_account_that_give_way_leave_nothing(settings: Settings, real: Settings) -> None:
    """The other way round: a stack that goes over to AWS keeps no local key either."""
    ensure_credentials(settings)
    ensure_credentials(real)
    assert keys(real) == [STAND_IN] * 2
    assert holders(settings.dbfs, "LKIA") == []


def test_a_new_workspace_writes_no_credentials(settings: Settings) -> None:
    """The first notebook does."""
    remove_old_versions(settings)
    assert not settings.dbfs.exists()
