"""Jars by Maven coordinates: resolved by the Ivy that pyspark ships, checked against locked hashes.

`requirements/jars/<set>.lock` lists every jar of a set, one a line: `group:artifact:version sha256`.
Nothing is resolved at install time, so a build tomorrow gets the bytes of today. Another repository
than Maven Central is chosen with an Ivy settings file in `$IVY_SETTINGS`.
"""

import hashlib
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyspark

from services.checkout.environment import variable
from services.setup.cache import REQUIREMENTS, cache_root, fingerprint, one_at_a_time
from services.setup.java import java

LOCKS = REQUIREMENTS / "jars"
_DONE = ".complete"
_DOWNLOADS = "ivy-downloads"

Progress = Callable[[str, int, int], None]
"""Called with the set's name, jars fetched so far, and jars in all."""


class JarError(Exception):
    """A jar could not be fetched or is not the one that was locked."""


@dataclass(frozen=True)
class Jar:
    group: str
    artifact: str
    version: str
    sha256: str = ""

    @property
    def file_name(self) -> str:
        return f"{self.artifact}-{self.version}.jar"

    @classmethod
    def parse(cls, line: str) -> "Jar":
        """Read `group:artifact:version [sha256]`."""
        coordinates, _, sha256 = line.partition(" ")
        group, artifact, version = coordinates.split(":")
        return cls(group, artifact, version, sha256.strip())


def read_lock(name: str) -> list[Jar]:
    lines = (LOCKS / f"{name}.lock").read_text(encoding="utf-8").splitlines()
    return [Jar.parse(line) for line in lines if line and not line.startswith("#")]


def jar_dir(name: str) -> Path:
    """Folder of one set; its name changes with the lock."""
    return cache_root() / f"jars-{name}-{fingerprint([LOCKS / f'{name}.lock'])}"


def is_complete(name: str) -> bool:
    """Whether all jars of the set have been fetched and verified."""
    return (jar_dir(name) / _DONE).exists()


def ensure_jars(name: str, progress: Progress) -> Path:
    """Fetch the jars of a set unless they are there; return their folder.

    Raises:
        JarError: a jar is missing or its hash differs.
    """
    folder = jar_dir(name)
    with one_at_a_time(folder):
        if is_complete(name):
            return folder
        jars = read_lock(name)
        _fetch(name, jars, folder, progress)
        _verify(folder, jars)
        shutil.rmtree(folder / _DOWNLOADS, ignore_errors=True)
        (folder / _DONE).touch()
    return folder


def _fetch(name: str, jars: list[Jar], folder: Path, progress: Progress) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    module = folder / "ivy.xml"
    module.write_text(_ivy_module(name, jars), encoding="utf-8")
    lines: list[str] = []
    done = 0
    for line in run_ivy(module, folder / "[artifact]-[revision].[ext]", _settings(folder)):
        lines.append(line)
        if "[SUCCESSFUL ]" in line:
            done += 1
            progress(name, done, len(jars))
    missing = [jar.file_name for jar in jars if not (folder / jar.file_name).exists()]
    if missing:
        problem = next(
            (line for line in lines if "ERROR" in line or "not found" in line),
            lines[-1] if lines else "",
        )
        raise JarError(
            f"{len(missing)} of {len(jars)} jars of {name!r} could not be fetched, {missing[0]} the first: "
            f"{problem.strip()}. Is Maven Central reachable? Run the same command again to go on; "
            "for a mirror, set IVY_SETTINGS to an Ivy settings file."
        )


def run_ivy(module: Path, pattern: Path, settings: Path | None) -> Iterator[str]:
    """Run Ivy's retrieve on a module file and yield the lines that it prints."""
    ivy = next((Path(pyspark.__file__).parent / "jars").glob("ivy-*.jar"))
    command = [
        str(java()),
        "-XX:TieredStopAtLevel=1",
        f"-Divy.default.ivy.user.dir={module.parent / _DOWNLOADS}",
        "-jar", str(ivy),
        *(["-settings", str(settings)] if settings else []),
        "-ivy", str(module),
        "-retrieve", str(pattern),
        "-types", "jar", "bundle",
    ]  # fmt: skip
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        yield from process.stdout or ()


def _settings(folder: Path) -> Path:
    """Ivy settings that fetch the jars alone, without their POMs: everything is in the lock."""
    if chosen := variable("IVY_SETTINGS"):
        return Path(chosen)
    file = folder / "ivysettings.xml"
    file.write_text(
        "<ivysettings>"
        '<property name="ivy.checksums" value=""/>'
        '<settings defaultResolver="central"/>'
        '<resolvers><ibiblio name="central" m2compatible="true" usepoms="false"/></resolvers>'
        "</ivysettings>",
        encoding="utf-8",
    )
    return file


def _ivy_module(name: str, jars: list[Jar]) -> str:
    dependencies = "".join(
        f'<dependency org="{jar.group}" name="{jar.artifact}" rev="{jar.version}" transitive="false">'
        f'<artifact name="{jar.artifact}" type="jar" ext="jar"/></dependency>'
        for jar in jars
    )
    return (
        f'<ivy-module version="2.0"><info organisation="pincloud" module="{name}"/>'
        '<configurations><conf name="default"/></configurations>'
        f'<dependencies defaultconf="default->default">{dependencies}</dependencies></ivy-module>'
    )


def sha256(file: Path) -> str:
    """The file's SHA-256, in hex."""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _verify(folder: Path, jars: list[Jar]) -> None:
    """Compare every hash; a set with a wrong jar is deleted with its downloads, else Ivy would use them again."""
    for jar in jars:
        found = sha256(folder / jar.file_name)
        if found != jar.sha256:
            shutil.rmtree(folder)
            raise JarError(
                f"{jar.group}:{jar.artifact}:{jar.version} is not the jar that was locked: its sha256 is {found}, "
                f"expected {jar.sha256}. It was deleted. Run the same command again; if it happens twice, "
                "the repository that served it is not to be trusted."
            )
