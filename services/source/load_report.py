"""What a load did: rows per table, and every rejected row."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from services.files import private_folder
from services.source.rows.raw_rows import RejectedRow
from services.tables import Table

_KEPT = 20


@dataclass
class TableReport:
    """What became of one table: it was replaced if any row was loaded."""

    loaded: int = 0
    rejected: int = 0


@dataclass
class LoadReport:
    """What a load did.

    Attributes:
        tables: What became of each table that the data named, in the data's order.
        first_rejected: The first rejected rows, each with its file.
        rejected_file: Where all of them are, or None if there is none.
    """

    tables: dict[Table, TableReport] = field(default_factory=dict)
    first_rejected: list[tuple[str, RejectedRow]] = field(default_factory=list)
    rejected_file: Path | None = None

    @property
    def loaded(self) -> int:
        return sum(table.loaded for table in self.tables.values())

    @property
    def rejected(self) -> int:
        return sum(table.rejected for table in self.tables.values())


class RejectedLog:
    """Writes every rejected row to a JSONL file, which is made when the first one comes."""

    def __init__(self, state_dir: Path, report: LoadReport) -> None:
        self._folder = state_dir / "rejected"
        self._report = report
        self._file: TextIO | None = None

    def add(self, source: str, rejected: RejectedRow) -> None:
        """Note one row.

        Args:
            source: The file it is in.
            rejected: The row, its line and the reason.
        """
        if self._file is None:
            self._file = self._open()
        entry = {"file": source, "line": rejected.line, "table": rejected.table.source}
        self._file.write(json.dumps(entry | {"reason": rejected.reason}) + "\n")
        self._report.tables.setdefault(rejected.table, TableReport()).rejected += 1
        if len(self._report.first_rejected) < _KEPT:
            self._report.first_rejected.append((source, rejected))

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _open(self) -> TextIO:
        private_folder(self._folder)
        path = self._folder / f"load-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.jsonl"
        self._report.rejected_file = path
        return path.open("x", encoding="utf-8")
