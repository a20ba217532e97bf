"""The packages that the user's DAGs import: `airflow/requirements/requirements.txt`, as on MWAA.

They are installed beside Airflow's environment, which all checkouts share, into a folder of this stack's own.
What the environment has already, in the version that Airflow was locked with, stays as it is.
"""

import re
import shutil
import subprocess
from pathlib import Path

from services.files import private_folder
from services.setup.cache import REQUIREMENTS, fingerprint
from services.setup.environment import environment_dir, interpreter
from services.stack.airflow_configuration.deployment import CHECKOUT, native_home
from services.stack.layout import Layout
from services.stack.report import Report

FILE = CHECKOUT / "requirements" / "requirements.txt"

_CONSTRAINTS = re.compile(r"\s*(-c|--constraint)\b")


class PackagesError(RuntimeError):
    """The user's packages cannot be installed; the message has the installer's own reason."""


def folder(layout: Layout) -> Path:
    """Where they lie; Airflow's processes have it on their PYTHONPATH."""
    return native_home(layout) / "packages"


def install(layout: Layout, report: Report, file: Path = FILE) -> None:
    """Bring the folder in step with the file: nothing to do when neither it nor Airflow has changed.

    Raises:
        PackagesError: a package is not to be had, or does not go with this Airflow.
    """
    wanted = _wanted(file)
    if not wanted:
        shutil.rmtree(folder(layout), ignore_errors=True)
        return
    marker = folder(layout) / ".installed-for"
    mark = f"{fingerprint([file])} {environment_dir('airflow').name}"
    if marker.exists() and marker.read_text(encoding="utf-8") == mark:
        return
    _replace(layout, report, file)
    marker.write_text(mark, encoding="utf-8")


def _wanted(file: Path) -> list[str]:
    """The lines that ask for something."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]


def _replace(layout: Layout, report: Report, file: Path) -> None:
    """Install into a folder beside it; the renames at the end keep a failure from doing harm."""
    report.say(f"Installing the packages of {file} for Airflow …")
    scratch = folder(layout).with_name("packages.new")
    shutil.rmtree(scratch, ignore_errors=True)
    private_folder(scratch)
    missing = _missing(_resolve(_without_constraints(file, scratch, report), file))
    if missing:
        listed = scratch / "requirements.txt"
        listed.write_text("\n".join(missing), encoding="utf-8")
        _uv(file, "install", "--no-deps", "--target", str(scratch), "-r", str(listed))
    shutil.rmtree(folder(layout), ignore_errors=True)
    scratch.rename(folder(layout))
    report.say(
        f"{len(missing)} packages were added to Airflow's own; an Airflow that runs sees them after `make restart`."
    )


def _without_constraints(file: Path, scratch: Path, report: Report) -> Path:
    """The file without constraints of other Airflows, which files for MWAA begin with."""
    lines = file.read_text(encoding="utf-8").splitlines()
    for line in filter(_CONSTRAINTS.match, lines):
        report.say(f"Left out, since this Airflow has constraints of its own: {line}", "yellow")
    copy = scratch / "asked.txt"
    kept = [line for line in lines if not _CONSTRAINTS.match(line)]
    copy.write_text("\n".join(kept), encoding="utf-8")
    return copy


def _resolve(asked: Path, file: Path) -> list[str]:
    """Everything that the file needs, `name==version` (or `name @ url`) each, beside Airflow's lock."""
    constraints = ("--constraint", str(REQUIREMENTS / "airflow.txt"))
    bare = ("--no-header", "--no-annotate", "--no-emit-index-url", "--quiet")
    return _uv(file, "compile", *bare, *constraints, str(asked)).splitlines()


def _missing(resolved: list[str]) -> list[str]:
    """What Airflow's environment does not hold yet."""
    present = set(_uv(FILE, "freeze").splitlines())
    return [line for line in resolved if line.strip() and line not in present]


def _uv(file: Path, *arguments: str) -> str:
    """Run Airflow's own uv and return its output.

    Raises:
        PackagesError: it failed.
    """
    python = str(interpreter(environment_dir("airflow")))
    done = subprocess.run(
        [python, "-m", "uv", "pip", *arguments, "--python", python],
        capture_output=True,
        text=True,
        check=False,
        cwd=file.parent if file.parent.exists() else None,
    )
    if done.returncode:
        raise PackagesError(
            f"{file} cannot be installed beside Airflow:\n{done.stderr.strip()}\n"
            "Correct the file (a name without a version takes the one that goes with this Airflow), "
            "or empty it; then run the same command again."
        )
    return done.stdout
