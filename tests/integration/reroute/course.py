"""A graduate's project, and the command that runs what lies in it."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.records.journal import journals, read_journal
from services.records.journal_line import JournalLine
from services.records.layer import Layer
from services.settings import PROJECT_ROOT, Settings

SCRIPTS = Path(__file__).parent / "scripts"
WRITTEN_FOR = "0e1f2a3b4c5d"
"""The scripts' own user; each test gets another one."""


@dataclass(frozen=True)
class Course:
    """A graduate's project folder, and `python -m services.reroute` on what lies in it."""

    settings: Settings
    folder: Path
    environment: dict[str, str]

    def start(self, name: str, *options: str, arguments: tuple[str, ...] = ()) -> Any:
        """Start a script; what lies beside it under its name comes along."""
        for file in SCRIPTS.glob(f"{name}.*"):
            text = file.read_text().replace(WRITTEN_FOR, self.settings.user_id)
            (self.folder / file.name).write_text(text)
        command = [sys.executable, "-m", "services.reroute", *options]
        return subprocess.Popen(
            [*command, str(self.folder / f"{name}.py"), *arguments],
            cwd=PROJECT_ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(
        self, name: str, *options: str, arguments: tuple[str, ...] = (), typed: str = ""
    ) -> tuple[int, list[str], str]:
        """Run a script to its end: exit code, lines of its output, what was said beside it."""
        process = self.start(name, *options, arguments=arguments)
        try:
            out, err = process.communicate(typed, timeout=60)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(30)
        return process.returncode, out.splitlines(), err

    def lines(self, layer: Layer) -> list[JournalLine]:
        """What the journals of a layer hold."""
        files = journals(self.settings.journal_dir / layer)
        return [line for file in files for line in read_journal(file, layer)]
