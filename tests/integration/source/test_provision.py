"""Getting a new database ready."""

import pytest
from sqlalchemy import Engine

from services.settings import Settings
from services.source.__main__ import main
from services.source.reader import SourceReader
from services.tables import GEO, PIN, TABLES, USER, Table


def run(owner: Engine, statement: str, table: Table) -> None:
    """Run a statement on a table."""
    with owner.connect() as connection:
        connection.exec_driver_sql(f"{statement} {table.source}")


@pytest.mark.usefixtures("source")
def test_a_new_database_gets_tables_and_rows_once(
    owner: Engine, reader: SourceReader, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first time creates and fills all tables, the second finds nothing to do."""
    for table in TABLES:
        run(owner, "DROP TABLE", table)
    assert main(["provision"]) == 0
    assert "pinterest_data: created" in capsys.readouterr().out
    assert [reader.count(table) for table in TABLES] == [11_154] * 3
    assert main(["provision"]) == 0
    assert "nothing to do" in capsys.readouterr().out


def test_the_users_rows_are_left_alone(
    source: Settings, owner: Engine, reader: SourceReader
) -> None:
    """Only an empty table is filled."""
    main(["provision"])
    run(owner, "DELETE FROM", PIN)
    with owner.connect() as connection:
        connection.exec_driver_sql("DELETE FROM user_data WHERE ind > 4")
    assert main(["provision"]) == 0
    assert [reader.count(table) for table in (PIN, GEO, USER)] == [11_154, 11_154, 5]
    assert not (source.state_dir / "rejected").exists()
