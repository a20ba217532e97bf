"""A script with everything that it needs: a Python that reads it, and the packages that it imports."""

import subprocess
from collections.abc import Mapping
from dataclasses import replace

from services.reroute.errors import RerouteError
from services.reroute.injected.pincloud_reroute.site import PACKAGES
from services.reroute.packages.imports import imports
from services.reroute.packages.later_python import reading
from services.reroute.packages.missing import Missing, missing
from services.reroute.packages.overlay import Say, ensure_overlay
from services.reroute.script import Script

_SECONDS = 30


def prepare(
    script: Script, *, chosen: bool, install: bool, say: Say
) -> tuple[Script, Mapping[str, str]]:
    """The script with its interpreter, and variables for its processes.

    Args:
        script: As the user named it; a notebook or a file that is no Python is left as it is.
        chosen: The user named the interpreter.
        install: Packages may be fetched.
        say: Takes a line for the user.

    Raises:
        RerouteError: it is Python 2, or a package cannot be installed.
    """
    if script.path.suffix != ".py":
        return script, {}
    if not chosen and (later := reading(imports(script.path).files)):
        say(f"{script.path.name} is written for a later Python: {later} runs it")
        script = replace(script, interpreter=later)
    packages = missing(script.path, script.interpreter)
    if not packages:
        return script, {}
    if not install:
        say(f"not installed, as INSTALL=0 says: {_listed(packages)}")
        return script, {}
    overlay = ensure_overlay(packages, script.interpreter, _version(script.interpreter), say)
    return script, {PACKAGES: str(overlay)}


def _listed(packages: list[Missing]) -> str:
    return ", ".join(package.requirement for package in packages)


def _version(interpreter: str) -> str:
    """Python's version and implementation, which decide about the wheels."""
    code = "import sys; print(sys.implementation.cache_tag)"
    try:
        asked = [interpreter, "-I", "-c", code]
        return subprocess.run(
            asked, capture_output=True, text=True, timeout=_SECONDS, check=True
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError) as error:
        raise RerouteError(f"{interpreter} does not say which version it is ({error}).") from error
