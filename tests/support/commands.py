"""Running the project's commands as a user does, and reading what they print."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.settings import PROJECT_ROOT

_OPEN_TO_INTERRUPTS = (
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); "
    "os.execvp(sys.argv[1], sys.argv[1:])"
)


@dataclass(frozen=True)
class Commands:
    """A shell of its own: a checkout and the variables that point at one stack."""

    environment: Mapping[str, str]
    checkout: Path = PROJECT_ROOT

    def module(self, name: str, *arguments: str) -> subprocess.Popen[str]:
        """Start `python -m name …` in the background."""
        return self._start([sys.executable, "-m", name, *arguments])

    def run(self, name: str, *arguments: str, within: float = 300) -> str:
        """Run `python -m name …` and return what it printed; any other exit code than 0 fails the test."""
        return self._finish(self.module(name, *arguments), within)

    def make(self, *words: str, within: float = 600, expect: int = 0) -> str:
        """Run `make …` and return what it printed."""
        return self._finish(self._start(["make", *words]), within, expect)

    def fail_make(self, *words: str, within: float = 600) -> str:
        """Run `make …`, which has to fail, and return all that it said."""
        process = self._start(["make", *words])
        out, err = process.communicate(timeout=within)
        assert process.returncode != 0, out
        return out + err

    def start_make(self, *words: str) -> subprocess.Popen[str]:
        """Start `make …` in a process group of its own and open to Ctrl-C, as a terminal would.

        What a shell starts in the background ignores SIGINT, and so does all that it starts in turn.
        """
        return self._start([sys.executable, "-c", _OPEN_TO_INTERRUPTS, "make", *words])

    def ledger(self, layer: str) -> dict[str, Any]:
        """One layer of `make ledger FORMAT=json`; fails the test when a record is lost or doubled."""
        answer = json.loads(self.run("services.ledger", "--format", "json"))
        tables: dict[str, Any] = answer["layers"][layer]
        return tables

    def _start(self, command: list[str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command,
            cwd=self.checkout,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    @staticmethod
    def _finish(process: subprocess.Popen[str], within: float, expect: int = 0) -> str:
        try:
            out, err = process.communicate(timeout=within)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        assert process.returncode == expect, (
            f"{process.args!r}: exit {process.returncode}\n{out}\n{err}"
        )
        return out
