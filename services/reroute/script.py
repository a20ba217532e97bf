"""The user's script and the interpreter that runs it, checked before anything is started."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from services.reroute.errors import RerouteError
from services.reroute.program import Program, program

OLDEST = (3, 8)
_ASK = "import sys; print(*sys.version_info[:2])"
_SECONDS = 30


@dataclass(frozen=True)
class Script:
    """What to run.

    Attributes:
        path: The script, absolute.
        arguments: Its command line.
        interpreter: Python.
        program: How Python is told to run it.
    """

    path: Path
    arguments: Sequence[str]
    interpreter: str
    program: Program

    @property
    def folder(self) -> Path:
        """Where it runs."""
        return self.program.folder

    @property
    def command(self) -> list[str]:
        """As one would type it in that folder."""
        return [self.interpreter, *self.program.words, *self.arguments]


def find_script(path: str, arguments: Sequence[str], interpreter: str | None) -> Script:
    """Make sure that there is something to run.

    Raises:
        RerouteError: there is no such file or interpreter, or it is too old.
    """
    script = Path(path).expanduser().resolve()
    if script.is_dir():
        raise RerouteError(f"{script} is a folder. Name the script in it: SCRIPT={path}/….py")
    if not script.is_file():
        raise RerouteError(f"There is no script {script}. Name one: make run SCRIPT=<file>.py")
    return Script(script, arguments, _interpreter(interpreter), program(script))


def _interpreter(name: str | None) -> str:
    if name is None:
        return sys.executable
    found = shutil.which(str(Path(name).expanduser()) if "/" in name else name)
    if found is None:
        raise RerouteError(f"There is no interpreter {name}. Install it, or leave INTERPRETER out.")
    version = _version(found)
    if version < OLDEST:
        raise RerouteError(
            f"{name} is Python {'.'.join(map(str, version))}; scripts run on "
            f"{'.'.join(map(str, OLDEST))} or later."
        )
    return str(Path(found).absolute())


def _version(interpreter: str) -> tuple[int, int]:
    try:
        asked = subprocess.run(
            [interpreter, "-c", _ASK],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=True,
        )
        major, minor = asked.stdout.split()
        return int(major), int(minor)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise RerouteError(f"{interpreter} is no Python that answers ({error}).") from error
