"""Reading rows as the emulators do, with the account that may only read."""

import json

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from seed_data import generate
from services.settings import Settings
from services.source.database_errors import SourceError
from services.source.engine import reader_engine
from services.source.load import load_parts
from services.source.provision import seed_parts
from services.source.reader import SourceReader
from services.tables import GEO, PIN, TABLES, USER

ROWS = 2_500


@pytest.fixture(autouse=True)
def invented(source: Settings, owner: Engine) -> None:
    """More rows in every table than one query asks for."""
    load_parts(owner, seed_parts(rows=ROWS), source.state_dir, lambda _: None)


def test_a_row_is_ready_for_json_with_the_tables_own_columns(reader: SourceReader) -> None:
    """Dates are text with a T; numbers are numbers; pins keep `index`."""
    row = reader.fetch(GEO, [7])[7]
    assert row == list(generate("geolocation_data", ROWS))[7]
    assert json.loads(json.dumps(row)) == row
    assert reader.fetch(PIN, [7])[7]["index"] == 7


def test_rows_come_by_key_and_missing_keys_are_absent(reader: SourceReader) -> None:
    """Any number of keys, in any order, also twice."""
    wanted = [*range(ROWS - 1, -1, -1), 5, -1, 10**6]
    rows = reader.fetch(USER, wanted)
    assert rows.keys() == set(range(ROWS))
    assert all(row["ind"] == ind for ind, row in rows.items())
    assert reader.fetch(USER, []) == {}


def test_keys_are_sorted_and_counted(reader: SourceReader) -> None:
    """All keys are told, in ascending order."""
    for table in TABLES:
        assert reader.inds(table) == list(range(ROWS))
        assert reader.count(table) == ROWS


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO user_data (ind) VALUES (99999)",
        "UPDATE user_data SET age = 1",
        "DELETE FROM user_data",
        "TRUNCATE user_data",
        "DROP TABLE user_data",
        "CREATE TABLE mine (ind INT)",
        "CREATE USER someone",
    ],
)
def test_the_readers_account_cannot_write(statement: str, source: Settings) -> None:
    """The server itself refuses everything but reading."""
    engine = reader_engine(source, pool_size=1)
    with (
        engine.connect() as connection,
        pytest.raises(SQLAlchemyError, match=r"denied|Access denied"),
    ):
        connection.exec_driver_sql(statement)
    engine.dispose()


def test_a_database_that_it_may_not_read_is_an_error_for_people(source: Settings) -> None:
    """The error names the server and the database."""
    elsewhere = source.model_copy(update={"mysql_database": "mysql"})
    with SourceReader(elsewhere) as reader, pytest.raises(SourceError, match="database mysql"):
        reader.count(PIN)
