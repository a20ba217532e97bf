"""Writing `requirements/jars/*.lock` from `*.in`: for those who change a version.

A line of an `.in` file is a root module, `group:artifact:version`, taken with what it needs; with a
leading `=` it is taken alone; a leading `-` leaves out a `group` or `group:artifact`.
"""

import tempfile
from pathlib import Path

from services.setup.jars import LOCKS, Jar, run_ivy, sha256


def write_lock(name: str) -> int:
    """Resolve one set, write its lock, return the number of jars."""
    lines = (LOCKS / f"{name}.in").read_text(encoding="utf-8").splitlines()
    with tempfile.TemporaryDirectory() as folder:
        module = Path(folder) / "ivy.xml"
        module.write_text(_ivy_module(name, lines), encoding="utf-8")
        for _ in run_ivy(module, Path(folder) / "[organisation]+[artifact]+[revision].[ext]", None):
            pass
        jars = sorted(Path(folder).glob("*.jar"))
        locked = [f"{jar.stem.replace('+', ':')} {sha256(jar)}" for jar in jars]
    header = f"# Written by `make lock` from {name}.in."
    (LOCKS / f"{name}.lock").write_text("\n".join([header, *locked, ""]), encoding="utf-8")
    return len(locked)


def _ivy_module(name: str, lines: list[str]) -> str:
    roots = "".join(_root(line) for line in lines if line and line[0] not in "#-")
    excludes = "".join(_exclude(line[1:].strip()) for line in lines if line.startswith("-"))
    return (
        f'<ivy-module version="2.0"><info organisation="pincloud" module="{name}"/>'
        '<configurations><conf name="default"/></configurations>'
        f'<dependencies defaultconf="default->master,runtime(default)">{roots}{excludes}</dependencies></ivy-module>'
    )


def _root(line: str) -> str:
    jar = Jar.parse(line.removeprefix("="))
    transitive = "false" if line.startswith("=") else "true"
    return f'<dependency org="{jar.group}" name="{jar.artifact}" rev="{jar.version}" transitive="{transitive}"/>'


def _exclude(pattern: str) -> str:
    group, _, artifact = pattern.partition(":")
    return f'<exclude org="{group}"' + (f' module="{artifact}"/>' if artifact else "/>")
