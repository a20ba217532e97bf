"""Scripts that were written for SQLAlchemy 1."""

import subprocess
import sys
from pathlib import Path

import pytest

from services.reroute.configuration import environment, write
from services.reroute.injected.pincloud_reroute.configuration import Configuration

BEGIN = """
from sqlalchemy import create_engine, text
from sqlalchemy.pool import StaticPool
engine = create_engine("sqlite://", poolclass=StaticPool)
with engine.begin() as c:
    c.execute(text('CREATE TABLE t ("index" int, title text)'))
    c.execute(text("INSERT INTO t VALUES (7, 'seven'), (8, '100 %')"))
"""


def _run(line: str, configuration: Configuration) -> "subprocess.CompletedProcess[str]":
    """A script of that line, as `make run` starts it."""
    (Path(configuration.root) / "script.py").write_text(BEGIN + line)
    return subprocess.run(
        [sys.executable, "script.py"], cwd=configuration.root, env=environment({}, write(configuration)),
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("for row in engine.execute('SELECT * FROM t LIMIT 1, 1'): print(dict(row))",
         "{'index': 8, 'title': '100 %'}"),
        ("print(engine.execute('SELECT * FROM t').fetchone()['title'])", "seven"),
        ("print([dict(r) for r in engine.execute(text('SELECT title FROM t'))])",
         "[{'title': 'seven'}, {'title': '100 %'}]"),
        ("print(engine.execute('SELECT title FROM t WHERE title LIKE ?', ('100 %',)).scalar())", "100 %"),
        ("print(engine.connect().execute('SELECT * FROM t').first().items())",
         "ROMappingItemsView"),
        ("engine.execute(\"INSERT INTO t VALUES (9, 'nine')\"); "
         "print(engine.execute('SELECT count(*) FROM t').scalar())", "3"),
        ("row = engine.connect().execute(text('SELECT * FROM t')).first(); "
         "print(row[0], row.title, row._asdict(), tuple(row), dict(row._mapping))",
         "7 seven {'index': 7, 'title': 'seven'} (7, 'seven') {'index': 7, 'title': 'seven'}"),
    ],
)  # fmt: skip
def test_what_it_could_goes_on_working(line: str, said: str, configuration: Configuration) -> None:
    """Texts are run as they are, rows turn into dictionaries; the ways of SQLAlchemy 2 stay."""
    done = _run(line, configuration)
    assert done.stdout.strip().startswith(said), done.stderr
    assert done.stderr.count("pincloud:") == ("text(" not in line)


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("from sqlalchemy import MetaData, Table, select; m = MetaData(bind=engine); t = Table('t', m, autoload=True); "
         "print(engine.execute(select([t.c.title], t.c.title == 'seven')).scalar(), m.bind is engine)", "seven True"),
        ("from sqlalchemy import MetaData; m = MetaData(engine); m.reflect(); print(list(m.tables))", "['t']"),
        ("from sqlalchemy.sql import select; print(engine.connect().execute(select([text('1')])).scalar())", "1"),
        ("print(engine.table_names(), engine.has_table('t'), engine.has_table('u'))", "['t'] True False"),
        ("from sqlalchemy.engine.url import URL; print(URL('mysql+pymysql', username='u', host='h', database='d'))",
         "mysql+pymysql://u@h/d"),
        ("print(create_engine('sqlite://', encoding='utf-8', convert_unicode=True).scalar('SELECT 4'))", "4"),
        ("from sqlalchemy.orm import sessionmaker; s = sessionmaker(bind=engine, autocommit=True)(); "
         "print(s.execute('SELECT title FROM t WHERE title = :x', {'x': 'seven'}).scalar())", "seven"),
        ("c = engine.connect(); c.execute('INSERT INTO t VALUES (?, ?)', 9, 'nine'); c.close(); "
         "print(engine.scalar('SELECT count(*) FROM t'))", "3"),
        ("from sqlalchemy import case, column, select; "
         "print(engine.execute(select([case([(text('1 = 1'), 5)], else_=6)])).scalar())", "5"),
        ("r = engine.connect().execute('SELECT * FROM t').first(); print(r.has_key('title'), "
         "[k for k, _ in r.items()])",
         "True ['index', 'title']"),
    ],
)  # fmt: skip
def test_what_2_took_away_is_there(line: str, printed: str, configuration: Configuration) -> None:
    """Bound metadata, lists in `select`, old keywords, rows that are mappings, writes that commit."""
    done = _run(line, configuration)
    assert done.stdout.strip() == printed, done.stderr
    assert "is not changed" not in done.stderr
