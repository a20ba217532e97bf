"""Running the emulator as a user does, and reading what it left."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from services.posting.sequence import drawn
from services.records.journal import journals, read_journal
from services.records.journal_line import ACKED, UNKNOWN, JournalLine
from services.records.layer import Layer
from services.settings import PROJECT_ROOT, Settings
from services.tables import TABLES


@dataclass
class Emulation:
    """`python -m services.posting LAYER` against one stack; what it wrote down is read by layer."""

    settings: Settings
    command: str = "batch"

    def start(self, *options: str) -> subprocess.Popen[str]:
        """Start it in the background, in a session of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "services.posting", self.command, *options],
            cwd=PROJECT_ROOT,
            env={**os.environ, **environment(self.settings), "COLUMNS": "200"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *options: str, expect: int = 0) -> str:
        """Run it to its end and return what it printed."""
        process = self.start(*options)
        return finish(process, expect)

    def lines(self, layer: Layer = Layer.BATCH) -> list[JournalLine]:
        """All lines of all journals."""
        return [line for path in self.journals(layer) for line in read_journal(path, layer)]

    def journals(self, layer: Layer = Layer.BATCH) -> list[Path]:
        """All journals."""
        return journals(self.settings.journal_dir / layer)

    def acked(self, layer: Layer = Layer.BATCH) -> Counter[tuple[str, int]]:
        """How often each record was acked, by table and key."""
        return _counted(self.lines(layer), ACKED)

    def unknown(self, layer: Layer = Layer.BATCH) -> Counter[tuple[str, int]]:
        """How many sends of each record are unknown."""
        return _counted(self.lines(layer), UNKNOWN)


def _counted(lines: list[JournalLine], outcome: tuple[type, ...]) -> Counter[tuple[str, int]]:
    return Counter((line.table, line.ind) for line in lines if isinstance(line, outcome))


def finish(process: subprocess.Popen[str], expect: int) -> str:
    """Wait for the end and return what was printed."""
    try:
        out, err = process.communicate(timeout=120)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert process.returncode == expect, f"exit {process.returncode}\n{out}\n{err}"
    return out + err


def environment(settings: Settings) -> dict[str, str]:
    """The settings as variables, secrets included."""
    values = json.loads(settings.model_dump_json(exclude_none=True))
    secrets = {
        name: value.get_secret_value()
        for name, value in settings
        if hasattr(value, "get_secret_value")
    }
    return {name.upper(): str(value) for name, value in {**values, **secrets}.items()}


def expected(turns: int) -> Counter[tuple[str, int]]:
    """The records of the course's first turns, by table and key."""
    return Counter((table.name, ind) for ind in drawn(100, turns) for table in TABLES)


def column(printed: str, *row: str) -> dict[str, int]:
    """One row of the printed summary, such as `batch`, `pin` or `all`, by column."""
    names = ("posted", "acked", "unknown", "failed", "missing")
    start = r"^ *" + " +".join(row)
    match = re.search(rf"{start}((?: +[\d,]+){{{len(names)}}}) *$", printed, re.MULTILINE)
    assert match, printed
    numbers = (int(word.replace(",", "")) for word in match[1].split())
    return dict(zip(names, numbers, strict=True))
