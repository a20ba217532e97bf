"""Packages beside an interpreter's own: made once for each set of them, behind everything that is installed."""

import hashlib
import json
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib.metadata import distributions
from pathlib import Path

from services.checkout.environment import inherited
from services.files import private_folder
from services.reroute.errors import RerouteError
from services.reroute.packages.missing import Missing
from services.setup.cache import cache_root, one_at_a_time

PACKAGES = "site-packages"
"""What is in a folder of this name counts as a library's code, not the user's."""
_DONE = ".complete"
_SECONDS = 600
_MOST_SHOWN = 600
Say = Callable[[str], None]


def ensure_overlay(packages: Sequence[Missing], interpreter: str, version: str, say: Say) -> Path:
    """The folder that holds them, for this Python.

    Raises:
        RerouteError: they could not be installed; the message says which, and what to do.
    """
    wanted = sorted({package.requirement for package in packages})
    digest = hashlib.sha256(
        json.dumps([wanted, version, sys.platform, platform.machine()]).encode()
    )
    folder = cache_root() / f"packages-{digest.hexdigest()[:12]}"
    if not (folder / _DONE).exists():
        private_folder(folder.parent)
        with one_at_a_time(folder):
            if not (folder / _DONE).exists():
                say(f"installing {', '.join(wanted)} for this script, once (INSTALL=0 forbids it)")
                _build(folder, wanted, interpreter, say)
    return folder / PACKAGES


def _build(folder: Path, wanted: list[str], interpreter: str, say: Say) -> None:
    with tempfile.TemporaryDirectory(prefix="packages-", dir=folder.parent) as scratch:
        made = Path(scratch) / "made"
        target = made / PACKAGES
        made.mkdir()
        failed = _install(target, wanted, interpreter)
        unpinned = [_name(requirement) for requirement in wanted]
        if failed and unpinned != wanted:
            say("there are no such versions for this Python: taking the ones that there are")
            shutil.rmtree(target, ignore_errors=True)
            failed = _install(target, unpinned, interpreter)
        if failed:
            raise RerouteError(
                f"{', '.join(wanted)} could not be installed: {failed[-_MOST_SHOWN:]}\nIs the package index reachable? "
                "Run the command again, or name a Python that has them: INTERPRETER=<your venv>/bin/python "
                "(INSTALL=0 runs the script without them)."
            )
        (made / _DONE).touch()
        shutil.rmtree(folder, ignore_errors=True)
        made.rename(folder)


def _name(requirement: str) -> str:
    cut = min((at for at in map(requirement.find, "<>=!~") if at > 0), default=len(requirement))
    return requirement[:cut]


def _install(target: Path, wanted: list[str], interpreter: str) -> str:
    """Wheels alone: no code of a package runs here. Returns the installer's complaint, empty when all is well."""
    options = [
        "--quiet",
        "--no-config",
        "--only-binary",
        ":all:",
        "--target",
        str(target),
        "--python",
        interpreter,
    ]
    if interpreter == sys.executable:
        file = target.with_name("constraints.txt")
        file.write_text("".join(f"{d.name}=={d.version}\n" for d in distributions()))
        options += ["--constraint", str(file)]
    command = [sys.executable, "-m", "uv", "pip", "install", *options, "--", *wanted]
    try:
        done = subprocess.run(
            command, cwd=target.parent, env=inherited(), capture_output=True, text=True, timeout=_SECONDS, check=False
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
    return done.stderr.strip() or f"exit code {done.returncode}" if done.returncode else ""
