"""What Docker itself says of a stack: not what the project says of it."""

import json
import subprocess
from dataclasses import dataclass
from typing import Any

from dotenv import dotenv_values

from tests.support.commands import Commands

_PROJECT = "com.docker.compose.project"
_SERVICE = "com.docker.compose.service"
_ONE_OFF = "com.docker.compose.oneoff"


@dataclass(frozen=True)
class Containers:
    """The containers, volumes and networks of one checkout."""

    commands: Commands

    @property
    def project(self) -> str:
        """Name of the Compose project, as `up` wrote it into `.env`."""
        name = dotenv_values(self.commands.checkout / ".env").get("COMPOSE_PROJECT_NAME")
        assert name
        return name

    def inspect(self) -> dict[str, dict[str, Any]]:
        """Service → `docker inspect` of its container, stopped ones too."""
        ids = docker("ps", "-aq", "--filter", f"label={_PROJECT}={self.project}").split()
        found = json.loads(docker("inspect", *ids)) if ids else []
        return {row["Config"]["Labels"][_SERVICE]: row for row in found}

    def running(self) -> dict[str, dict[str, Any]]:
        """Those that run: the one-shot jobs have ended."""
        return {name: row for name, row in self.inspect().items() if row["State"]["Running"]}

    def kill(self, service: str) -> None:
        """`kill -9` of a container's first process."""
        docker("kill", "--signal", "KILL", self.inspect()[service]["Id"])

    def memory(self) -> dict[str, float]:
        """Service → MiB, as `docker stats` shows it."""
        names = {row["Id"][:12]: name for name, row in self.running().items()}
        lines = docker(
            "stats", "--no-stream", "--format", "{{.ID}} {{.MemUsage}}", *names
        ).splitlines()
        return {names[line.split()[0]]: _mebibytes(line.split()[1]) for line in lines}

    def volumes(self) -> list[str]:
        """Names of the project's volumes."""
        return docker("volume", "ls", "-q", "--filter", f"label={_PROJECT}={self.project}").split()

    def left_behind(self) -> list[str]:
        """Every container, volume and network of the project."""
        kinds = (["ps", "-aq"], ["volume", "ls", "-q"], ["network", "ls", "-q"])
        label = f"label={_PROJECT}={self.project}"
        return [name for kind in kinds for name in docker(*kind, "--filter", label).split()]


def docker(*arguments: str) -> str:
    """What `docker …` printed; another exit code than 0 fails the test."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _mebibytes(text: str) -> float:
    """`571.2MiB` and its like."""
    for unit, factor in (("GiB", 1024.0), ("MiB", 1.0), ("KiB", 1 / 1024), ("B", 1 / 2**20)):
        if text.endswith(unit):
            return float(text.removesuffix(unit)) * factor
    raise AssertionError(text)
