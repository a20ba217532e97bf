"""The Python environment: made once for each lock file, shared by all checkouts."""

import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

from services.setup.cache import REQUIREMENTS, cache_root, fingerprint, one_at_a_time

MINIMUM = (3, 11)
_DONE = ".complete"
_PROGRESS_SECONDS = 10


def environment_dir(lock: str) -> Path:
    """Folder of the environment that holds `requirements/<lock>.txt`."""
    files = [REQUIREMENTS / f"{name}.txt" for name in ("bootstrap", lock)]
    return cache_root() / f"env-{lock}-{fingerprint(files)}"


def interpreter(environment: Path) -> Path:
    return environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def ensure_environment(lock: str) -> Path:
    """Make the environment unless it is there; return its interpreter.

    A half-made environment (a lost connection, Ctrl-C) is finished by the next call.

    Raises:
        RuntimeError: this Python is too old, or an installer failed.
    """
    if sys.version_info < MINIMUM:
        raise RuntimeError(
            f"Python {sys.version_info.major}.{sys.version_info.minor} is too old: 3.11 or newer is needed. "
            "Choose another with `make PYTHON=python3.12 …`."
        )
    environment = environment_dir(lock)
    if not (environment / _DONE).exists():
        with one_at_a_time(environment):
            if not (environment / _DONE).exists():
                _build(environment, lock)
    return interpreter(environment)


def _build(environment: Path, lock: str) -> None:
    started = time.monotonic()
    _say(f"environment: {environment}")
    _say("environment: 1/2 creating (Python's venv)")
    venv.create(environment, with_pip=True, clear=environment.exists())
    python = str(interpreter(environment))
    _say("environment: 2/2 installing the locked packages (a few minutes the first time)")
    _run(python, "pip", "install", "--disable-pip-version-check", *_locked("bootstrap"))
    _run(python, "uv", "pip", "install", "--compile-bytecode", *_locked(lock), "--python", python)
    (environment / _DONE).touch()
    _say(f"environment: ready in {time.monotonic() - started:.0f} s")


def _locked(lock: str) -> list[str]:
    return ["--require-hashes", "-r", str(REQUIREMENTS / f"{lock}.txt")]


def _run(python: str, module: str, *arguments: str) -> None:
    """Run an installer quietly, with a sign of life every few seconds.

    Raises:
        RuntimeError: it failed; the message is its own.
    """
    started = time.monotonic()
    with tempfile.TemporaryFile(mode="w+", encoding="utf-8") as output:
        command = [python, "-m", module, *arguments]
        with subprocess.Popen(command, stdout=output, stderr=output) as process:
            while _still_runs(process):
                _say(f"environment: {module} has worked for {time.monotonic() - started:.0f} s …")
        if process.returncode:
            output.seek(0)
            raise RuntimeError(
                f"{output.read().strip()}\n{module} could not install the packages. Is the package "
                "index reachable? Run the same command again to go on."
            )


def _still_runs(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(_PROGRESS_SECONDS)
    except subprocess.TimeoutExpired:
        return True
    return False


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - rich is not installed yet
