"""Loading into a real server: all rows become visible at once, or none."""

import gzip
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine

from seed_data import generate
from services.settings import Settings
from services.source.__main__ import main
from services.source.database_errors import SourceError
from services.source.load import load_parts
from services.source.parts import OnProgress, Part, seed_part
from services.source.reader import SourceReader
from services.source.rows.raw_rows import RawRow, UnreadableFileError
from services.tables import GEO, PIN, TABLES, USER, Table

HEADER = "ind,first_name,last_name,age,date_joined\n"


@pytest.fixture(autouse=True)
def ten_users(source: Settings, owner: Engine) -> None:
    """The rows that are there before."""
    load(owner, source.state_dir, seed_part(USER, 10, seed=1))


def load(owner: Engine, state_dir: Path, *parts: Part) -> int:
    """Load these parts and return how many rows were."""
    return load_parts(owner, parts, state_dir, lambda _: None).loaded


def failing_part(count: int, fail: Callable[[], None]) -> Part:
    """A part that gives some rows and then fails."""

    def rows(_: OnProgress) -> Iterator[RawRow]:
        for ind in range(count):
            yield RawRow(USER, ind + 1, {"ind": ind})
        fail()
        yield RawRow(USER, count + 1, {"ind": count})

    return Part("failing", count, (USER,), rows)


def tables_of(owner: Engine) -> set[str]:
    """Names of all tables in the database."""
    with owner.connect() as connection:
        return set(connection.exec_driver_sql("SHOW TABLES").scalars())


def rejections(folder: Path) -> list[dict[str, object]]:
    """The entries of the one list of rejected rows."""
    (path,) = (folder / "rejected").iterdir()
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def literal(value: object) -> str:
    """A value as mysqldump writes it."""
    if not isinstance(value, str):
        return str(value)
    for character, escape in (("\\", r"\\"), ("\n", r"\n"), ("\r", r"\r"), ("'", r"\'")):
        value = value.replace(character, escape)
    return f"'{value}'"


def dump(table: Table) -> str:
    """The invented rows of a table as an SQL dump."""
    rows = (f"({','.join(map(literal, row.values()))})" for row in generate(table.source, 2_000))
    return f"INSERT INTO `{table.source}` VALUES {','.join(rows)};\n"  # noqa: S608  parsed, never run


def same(reader: SourceReader, table: Table, count: int) -> bool:
    """True if the table holds exactly the invented rows."""
    stored = reader.fetch(table, range(count))
    return list(stored.values()) == [dict(row) for row in generate(table.source, count)] and (
        reader.count(table) == count
    )


def test_without_data_the_invented_rows_arrive_unchanged(reader: SourceReader) -> None:
    """All columns of all three tables come back as they were made, emoji and line ends included."""
    assert main(["load", "--rows", "3000"]) == 0
    assert all(same(reader, table, 3_000) for table in TABLES)


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_a_dump_fills_all_three_tables(
    packed: bool,  # noqa: FBT001  parametrised
    tmp_path: Path,
    reader: SourceReader,
) -> None:
    """One file holds the rows of all tables; packed, it is the same."""
    content = "".join(dump(table) for table in TABLES).encode()
    path = tmp_path / "backup.sql"
    path.write_bytes(gzip.compress(content) if packed else content)
    assert main(["load", "--data", str(path)]) == 0
    assert all(same(reader, table, 2_000) for table in TABLES)


def test_tables_that_the_data_lacks_are_left_alone(
    tmp_path: Path, reader: SourceReader, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder may hold some of the tables; the others keep their rows, and it says so."""
    main(["load", "--rows", "5"])
    (tmp_path / "user_data.csv").write_text(HEADER + "7,Ada,L,20,2015-10-21 21:26:45\n")
    capsys.readouterr()
    assert main(["load", "--data", str(tmp_path)]) == 0
    assert [reader.count(table) for table in TABLES] == [5, 5, 1]
    told = capsys.readouterr().out
    assert "pinterest_data: not in the data, left as it was" in told
    assert "user_data: 1 rows loaded, 0 rejected" in told


def test_every_rejected_row_is_listed_and_its_neighbours_land(
    tmp_path: Path, reader: SourceReader, capsys: pytest.CaptureFixture[str]
) -> None:
    """The screen shows the first ones, the file has all with file, line and reason; exit code 0."""
    path = tmp_path / "user_data.csv"
    bad = "".join(f"{ind},A,B,old,\n" for ind in range(100))
    path.write_bytes(
        (HEADER + "1,A,B,20,\n1,A,B,20,\n" + bad).encode() + b"2,\xff,B,1,\n3,C,D,1,\n"
    )
    assert main(["load", "--data", str(path)]) == 0
    assert reader.inds(USER) == [1, 3]
    entries = rejections(tmp_path)
    assert len(entries) == 102
    assert entries[0] == {
        "file": str(path),
        "line": 3,
        "table": "user_data",
        "reason": "ind 1 was already on line 2",
    }
    assert entries[-1]["line"] == 104
    assert "not valid Unicode" in str(entries[-1]["reason"])
    told = capsys.readouterr().err
    assert f"{path}, line 4: age: 'old' is not an integer" in told
    assert "102 rows rejected" in told
    assert "rejected/load-" in told


def test_if_no_row_can_be_loaded_the_old_ones_stay(tmp_path: Path, reader: SourceReader) -> None:
    """A file of nothing but bad rows ends with exit code 1 and does not empty the table."""
    path = tmp_path / "user_data.jsonl"
    path.write_text('{"ind": "x"}\n')
    assert main(["load", "--data", str(path)]) == 1
    assert reader.count(USER) == 10


def test_a_dump_that_is_cut_short_changes_nothing(
    tmp_path: Path, reader: SourceReader, owner: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not even the tables that were whole are swapped in."""
    path = tmp_path / "backup.sql"
    path.write_text(dump(USER) + dump(PIN)[:-500])
    assert main(["load", "--data", str(path)]) == 1
    assert same_as_before(reader)
    assert tables_of(owner) == {table.source for table in TABLES}
    assert "never ends" in capsys.readouterr().err


def same_as_before(reader: SourceReader) -> bool:
    """True if the ten users are there."""
    stored = reader.fetch(USER, range(20)).values()
    return list(stored) == [dict(row) for row in generate("user_data", 10, 1)]


def test_a_load_that_fails_in_the_middle_changes_nothing(
    source: Settings, reader: SourceReader, owner: Engine
) -> None:
    """Rows that were already sent are gone again."""

    def fail() -> None:
        raise UnreadableFileError("the disk is gone")

    with pytest.raises(SourceError, match="failing: the disk is gone"):
        load(owner, source.state_dir, seed_part(GEO, 5, 1), failing_part(2_500, fail))
    assert same_as_before(reader)
    assert tables_of(owner) == {table.source for table in TABLES}


def test_a_connection_that_breaks_in_the_middle_changes_nothing(
    source: Settings, reader: SourceReader, owner: Engine
) -> None:
    """What the broken load left behind is cleared by the next one."""

    def break_connection() -> None:
        with owner.connect() as connection:
            others = connection.exec_driver_sql(
                "SELECT id FROM information_schema.processlist "
                "WHERE id <> connection_id() AND db = database() AND user = %s",
                (owner.url.username,),
            )
            for session in list(others.scalars()):
                connection.exec_driver_sql(f"KILL {int(session)}")

    with pytest.raises(SourceError, match="MySQL at"):
        load(owner, source.state_dir, failing_part(2_500, break_connection))
    owner.dispose()
    assert same_as_before(reader)
    assert load(owner, source.state_dir, seed_part(USER, 3, 1)) == 3
    assert tables_of(owner) == {table.source for table in TABLES}


def test_two_loads_at_once_are_refused(
    source: Settings, owner: Engine, reader: SourceReader
) -> None:
    """The second one says that another is running; the first one is not disturbed."""

    def second() -> None:
        with pytest.raises(SourceError, match="Another load is running"):
            load(owner, source.state_dir, seed_part(USER, 3, 1))

    assert load(owner, source.state_dir, failing_part(20, second)) == 21
    assert reader.count(USER) == 21


def test_two_files_for_one_table_are_refused(
    tmp_path: Path, reader: SourceReader, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is not guessed which one is meant."""
    (tmp_path / "backup.sql").write_text("INSERT INTO user_data (ind) VALUES (1);")
    (tmp_path / "user_data.jsonl").write_text('{"ind": 2}\n')
    assert main(["load", "--data", str(tmp_path)]) == 1
    assert same_as_before(reader)
    error = capsys.readouterr().err
    assert "backup.sql" in error
    assert "user_data.jsonl" in error


def test_a_reader_sees_the_old_rows_or_the_new_ones(
    source: Settings, owner: Engine, reader: SourceReader
) -> None:
    """While tables are replaced again and again, no read finds one missing, empty or half full."""

    def loads() -> None:
        for count in (2_000, 10) * 3:
            load(owner, source.state_dir, seed_part(USER, count, 1))

    seen = set()
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(loads)
        while not loading.done():
            seen.add(reader.count(USER))
        loading.result()
    assert seen <= {10, 2_000}
    assert len(seen) == 2
