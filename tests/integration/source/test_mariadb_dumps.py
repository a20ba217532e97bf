"""Dumps of the real mariadb-dump, with each of its options that changes the text: the rows come back as they were."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from services.settings import Settings
from services.setup.native import mariadb
from services.source.__main__ import main
from services.source.files.finding import find_files
from services.source.load import load_parts
from services.source.load_options import LoadOptions
from services.source.parts import Part
from services.source.rows.raw_rows import RawRow, UnreadableFileError
from services.source.rows.row_validator import Cells, RowValidator
from services.source.schema import columns
from services.tables import GEO, PIN, TABLES, USER, Table

_DUMP = mariadb().home / "bin" / "mariadb-dump"
pytestmark = pytest.mark.skipif(
    not _DUMP.exists(), reason="this machine's MariaDB has no mariadb-dump"
)

TEXTS = [
    "",
    "NULL",
    "\\N",
    'it\'s "quoted" `x`',
    "back\\slash\\",
    "line\nline\r\n\ttab",
    "nul\0 and \x1a",
    "'); INSERT INTO user_data VALUES (9,9,9,9,9); -- ",
    "/* no */ comment # -- ;;",
    "🎄 é ひまわり",
]
NAMES = [column.name for column in columns(PIN)]
ROUTINES = (
    "CREATE PROCEDURE ghosts() BEGIN /* it's */ INSERT INTO user_data VALUES (901,'P','G',1,NULL); END",
    "CREATE FUNCTION ghost() RETURNS INT DETERMINISTIC BEGIN IF 1 THEN RETURN 1; END IF; "
    "RETURN CASE WHEN 1 THEN 2 END; END",
    "CREATE TRIGGER ghost_t AFTER DELETE ON geolocation_data FOR EACH ROW BEGIN INSERT INTO user_data VALUES "
    "(902,'T','G',1,NULL); END",
    "CREATE EVENT ghost_e ON SCHEDULE EVERY 1 YEAR DISABLE DO BEGIN INSERT INTO user_data VALUES "
    "(903,'E','G',1,NULL); END",
)  # fmt: skip
DROPS = ("PROCEDURE ghosts", "FUNCTION ghost", "TRIGGER ghost_t", "EVENT ghost_e")


def _rows(table: Table) -> Iterator[RawRow]:
    for number, text in enumerate(TEXTS):
        ind = {table.key: number}
        values: dict[Table, dict[str, object]] = {
            PIN: {"title": text, "tag_list": text, "downloaded": 1, "category": None},
            GEO: {"timestamp": "2021-09-26 19:49:23", "latitude": -1e-05, "country": "Perú"},
            USER: {"first_name": text, "age": number, "date_joined": None},
        }
        yield RawRow(table, number, ind | values[table])


@pytest.fixture(scope="module")
def stored(
    owner: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[Table, list[dict[str, object]]]]:
    """What the tables hold, which have a procedure, a function, a trigger and an event beside them."""
    parts = [Part(t.source, 1, (t,), lambda _, table=t: _rows(table)) for t in TABLES]  # type: ignore[misc]
    load_parts(owner, parts, tmp_path_factory.mktemp("rows"), lambda _: None)
    with owner.connect() as connection:
        for statement in ROUTINES:
            connection.exec_driver_sql(statement)
        yield {
            table: [
                dict(row)
                for row in connection.exec_driver_sql(
                    f"SELECT * FROM {table.source} ORDER BY `{table.key}`"  # noqa: S608 - our own names
                ).mappings()
            ]
            for table in TABLES
        }
        for name in DROPS:
            connection.exec_driver_sql(f"DROP {name}")


def _dump(settings: Settings, path: Path, options: list[str]) -> Path:
    """Let the real program write a dump."""
    where = ["--host=127.0.0.1", f"--port={settings.mysql_port}", f"--user={settings.mysql_user}"]
    database = [] if "--databases" in options else [settings.mysql_database]
    done = subprocess.run(
        [_DUMP, "--no-defaults", *where, "--skip-lock-tables", *options, *database],
        env={**os.environ, "MYSQL_PWD": settings.mysql_password.get_secret_value()},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    path.write_bytes(done.stdout)
    return path


def _read(path: Path, options: LoadOptions) -> dict[Table, list[Cells]]:
    """The dump's rows as they would be loaded."""
    found: dict[Table, list[Cells]] = {table: [] for table in TABLES}
    checks = {table: RowValidator(table, options) for table in TABLES}
    for file in find_files(path, options):
        for row in file.rows(options):
            assert isinstance(row, RawRow), row
            checked = checks[row.table](row)
            assert isinstance(checked, dict), checked
            found[row.table].append(checked)
    return found


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--routines", "--triggers", "--events"],
        ["--routines", "--events", "--compact"],
        ["--hex-blob", "--complete-insert"],
        ["--skip-extended-insert", "--replace"],
        ["--insert-ignore", "--skip-comments", "--no-create-info"],
        ["--compatible=ansi", "--default-character-set=utf8mb4", "--routines"],
        ["--skip-opt"],
        ["--tz-utc", "--dump-date", "--add-drop-table", "--single-transaction"],
        ["--databases", "pinterest_data", "--add-drop-database"],
    ],
    ids=" ".join,
)
def test_a_dump_gives_back_the_rows(
    options: list[str],
    infra: Settings,
    stored: dict[Table, list[dict[str, object]]],
    tmp_path: Path,
) -> None:
    """Every text is the same, and nothing of what stands in the bodies of routines is a row."""
    options = [o.replace("pinterest_data", infra.mysql_database) for o in options]
    path = _dump(infra, tmp_path / "backup.sql", options)
    if "--routines" in options:
        assert b"'P','G'" in path.read_bytes()
    assert _read(path, LoadOptions()) == stored


def test_an_export_as_xml_is_refused(
    infra: Settings, stored: dict[Table, list[dict[str, object]]], tmp_path: Path
) -> None:
    """With what to do instead."""
    with pytest.raises(UnreadableFileError, match="without --xml"):
        _read(_dump(infra, tmp_path / "backup.xml", ["--xml"]), LoadOptions())


def test_two_databases_in_a_file_are_refused_until_one_is_chosen(
    source: Settings,
    stored: dict[Table, list[dict[str, object]]],
    owner: Engine,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The message names the file, both databases and the option; nothing has changed."""
    dump = _dump(source, tmp_path / "x", ["--databases", source.mysql_database]).read_text("utf-8")
    other = dump.replace(f"`{source.mysql_database}`", "`old`").replace("🎄", "old")
    path = tmp_path / "both.sql"
    path.write_text(dump + other, "utf-8")
    assert main(["load", "--data", str(path)]) == 1
    told = capsys.readouterr().err
    assert str(path) in told
    assert f"'{source.mysql_database}'" in told
    assert "'old'" in told
    assert "DATABASE=old" in told
    found = _read(path, LoadOptions(database="old"))
    assert str(found[USER][-1]["first_name"]).startswith("old")
    assert _read(path, LoadOptions(database=source.mysql_database)) == stored
