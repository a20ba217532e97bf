"""The real rows arrive exactly as they are."""

import csv
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from services.settings import Settings
from services.source.__main__ import main
from services.source.reader import JsonValue, SourceReader
from services.source.schema import Kind, columns
from services.tables import TABLES, Table

REAL_DATA = os.environ.get("REAL_DATA")
pytestmark = pytest.mark.skipif(not REAL_DATA, reason="REAL_DATA names no folder of real rows")

_READ: dict[Kind, Callable[[str], JsonValue]] = {
    Kind.INT: int,
    Kind.DOUBLE: float,
    Kind.DATETIME: lambda text: datetime.fromisoformat(text).isoformat(),
}


def expected(table: Table) -> dict[int, dict[str, JsonValue]]:
    """The file's rows, read without our code."""
    path = Path(REAL_DATA or "") / f"{table.source}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        int(row[table.key]): {
            column.name: _READ.get(column.kind, str)(row[column.name]) for column in columns(table)
        }
        for row in rows
    }


def test_real_rows_arrive_unchanged(
    source: Settings, reader: SourceReader, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every row of the three files is in its table, value for value; none is rejected."""
    assert main(["load", "--data", str(REAL_DATA)]) == 0
    for table in TABLES:
        rows = expected(table)
        assert reader.inds(table) == sorted(rows)
        assert reader.fetch(table, list(rows)) == rows
    assert not (source.state_dir / "rejected").exists()
    assert "0 rejected" in capsys.readouterr().out
