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
    (Path(configuration.root) / "script.py").write_text(BEGIN + line)
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=configuration.root, env=environment({}, write(configuration)),
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.stdout.strip().startswith(said), done.stderr
    assert done.stderr.count("pincloud:") == ("text(" not in line)
