"""Running the emulator as a user does, and reading what it left."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from services.posting.journal import Acked, Layer, Line, Unknown, journals, read_journal
from services.settings import PROJECT_ROOT, Settings


@dataclass
class Emulation:
    """`python -m services.posting batch` against one stack."""

    settings: Settings

    def start(self, *options: str) -> subprocess.Popen[str]:
        """Start it in the background, in a session of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "services.posting", "batch", *options],
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

    def lines(self) -> list[Line]:
        """All lines of all journals."""
        return [line for path in self.journals() for line in read_journal(path, Layer.BATCH)]

    def journals(self) -> list[Path]:
        """All journals."""
        return journals(self.settings.journal_dir / Layer.BATCH)

    def acked(self) -> Counter[tuple[str, int]]:
        """How often each record was acked, by table and key."""
        return Counter((line.table, line.ind) for line in self.lines() if isinstance(line, Acked))

    def unknown(self) -> Counter[tuple[str, int]]:
        """How many sends of each record are unknown."""
        return Counter((line.table, line.ind) for line in self.lines() if isinstance(line, Unknown))


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


def column(printed: str, table: str) -> dict[str, int]:
    """One row of the printed summary, by column."""
    names = ("posted", "acked", "unknown", "failed", "missing")
    match = re.search(rf"^ *{table}((?: +[\d,]+){{{len(names)}}}) *$", printed, re.MULTILINE)
    assert match, printed
    numbers = (int(word.replace(",", "")) for word in match[1].split())
    return dict(zip(names, numbers, strict=True))
