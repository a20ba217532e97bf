"""Which packages a script's interpreter has not, and what they are called on registries."""

import json
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from services.reroute.errors import RerouteError
from services.reroute.injected.pincloud_reroute.removed.missing_modules import MODULES
from services.reroute.packages.distributions import DISTRIBUTIONS, WITHOUT_WHEELS, normalized
from services.reroute.packages.imports import folders, imports
from services.reroute.packages.requirements import requirements

_SECONDS = 60
_ASK = (
    "import sys, json; from importlib.util import find_spec; "
    "print(json.dumps([n for n in json.loads(sys.argv[1]) if find_spec(n) is None]))"
)
_DRIVERS = {
    "mysql+mysqlconnector": ("mysql", "mysql-connector-python"),
    "mysql+aiomysql": ("aiomysql", "aiomysql"),
    "mysql+asyncmy": ("asyncmy", "asyncmy"),
}
"""SQLAlchemy's word in a URL → the module that it imports then, and where that comes from."""
_PYMYSQL = ("mysql://", "mysqldb")


@dataclass(frozen=True)
class Missing:
    """One package: the module that is imported, and what pip calls it."""

    module: str
    requirement: str


def missing(script: Path, interpreter: str) -> list[Missing]:
    """Only what the table or the repository's own files know: a mistyped name is nobody's package."""
    found = imports(script)
    texts = [file.read_text(encoding="utf-8", errors="replace") for file in found.files]
    wanted = found.names - (MODULES.keys() - {"MySQLdb"})
    drivers = {
        module: package
        for word, (module, package) in _DRIVERS.items()
        if any(word in text for text in texts)
    }
    if any(word in text for text in texts for word in _PYMYSQL):
        wanted = wanted | {"MySQLdb"}
    absent = set(_absent(interpreter, wanted | drivers.keys() | _driver_names(wanted)))
    if "MySQLdb" in wanted:
        absent -= {"MySQLdb"} if "MySQLdb" in absent else {"pymysql"}
    declared = requirements(folders(script))
    named = (Missing(name, _requirement(name, declared, drivers)) for name in absent)
    return sorted((one for one in named if one.requirement), key=lambda one: one.module)


def _driver_names(wanted: Iterable[str]) -> set[str]:
    """PyMySQL stands in for mysqlclient, which has no wheels, unless that is installed."""
    return {"pymysql", "MySQLdb"} if "MySQLdb" in wanted else set()


def _requirement(name: str, declared: dict[str, str], drivers: dict[str, str]) -> str:
    """Empty when nobody knows the name."""
    distribution = DISTRIBUTIONS.get(name) or drivers.get(name) or name
    key = normalized(distribution)
    if key in WITHOUT_WHEELS:
        return WITHOUT_WHEELS[key]
    known = name in DISTRIBUTIONS or name in drivers
    return declared.get(key, distribution if known else "")


def _absent(interpreter: str, names: Iterable[str]) -> list[str]:
    """Asked of the interpreter itself, in a folder where nothing can be imported by accident."""
    if not (asked := sorted(names)):
        return []
    command = [interpreter, "-I", "-c", _ASK, json.dumps(asked)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=True)
        return list(json.loads(done.stdout))
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise RerouteError(
            f"{interpreter} does not say which packages it has ({error})."
        ) from error
