"""Timing the project's own commands, as a user runs them."""

import subprocess
import sys
import time
from collections.abc import Mapping

from services.checkout.environment import inherited
from services.settings import PROJECT_ROOT


def timed(environment: Mapping[str, str], *arguments: str) -> float:
    """Run `python -m …` and return its wall-clock seconds, start of the interpreter included.

    Raises:
        RuntimeError: it failed; the message ends with what it printed last.
    """
    started = time.perf_counter()
    process = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=PROJECT_ROOT,
        env={**inherited(), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - started
    if process.returncode:
        raise RuntimeError(
            f"{' '.join(arguments)} failed: {(process.stdout + process.stderr)[-2000:]}"
        )
    return seconds
