"""A Python that can read a script: the project's own, a later one of this machine, or none."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from services.reroute.errors import RerouteError

_LATER = tuple(f"3.{minor}" for minor in range(sys.version_info.minor + 1, 16))
_SECONDS = 30
_PARSE = "import ast, sys; [ast.parse(open(name, 'rb').read()) for name in sys.argv[1:]]"
_PYTHON_2 = (
    "Missing parentheses in call to 'print'",
    "Missing parentheses in call to 'exec'",
    "multiple exception types must be parenthesized",
    "leading zeros in decimal integer literals",
)


def reading(files: Sequence[Path]) -> str | None:
    """The interpreter to run them with; None for the project's own, also where no Python can read them.

    Raises:
        RerouteError: they are Python 2.
    """
    wrong = [problem for file in files if (problem := _problem(file))]
    for file, error in wrong:
        if str(error.msg).startswith(_PYTHON_2):
            raise RerouteError(
                f"{file.name} is Python 2 (line {error.lineno}: {error.msg}). Python 3 runs what `2to3 -w {file.name}` "
                "makes of it (`pip install fissix` brings it as `fissix`)."
            )
    names = [str(file) for file, _ in wrong]
    return (
        next((python for python in _installed() if _parses(python, names)), None) if names else None
    )


def _problem(file: Path) -> tuple[Path, SyntaxError] | None:
    try:
        ast.parse(file.read_bytes())
    except SyntaxError as error:
        return file, error
    except (OSError, ValueError, RecursionError):
        return None
    return None


def _installed() -> Iterator[str]:
    """Later Pythons: by name on the PATH, pyenv's, or where uv knows them; none is fetched."""
    for version in _LATER:
        if found := shutil.which(f"python{version}"):
            yield found
        yield from map(str, Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
        asked = _run(
            [
                sys.executable,
                "-m",
                "uv",
                "python",
                "find",
                "--no-config",
                "--no-python-downloads",
                version,
            ]
        )
        if asked is not None and asked.returncode == 0:
            yield asked.stdout.strip()


def _parses(python: str, names: list[str]) -> bool:
    done = _run([python, "-I", "-c", _PARSE, *names])
    return done is not None and done.returncode == 0


def _run(command: list[str]) -> subprocess.CompletedProcess[str] | None:
    try:
        return subprocess.run(
            command, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return None
