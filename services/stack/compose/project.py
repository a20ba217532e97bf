"""The Compose project of one stack: its name, its files, and how to call `docker compose` for it."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from services.checkout.environment import inherited
from services.stack.compose.docker import output


@dataclass(frozen=True)
class Project:
    """A stack as Compose knows it.

    Attributes:
        name: Label of everything that belongs to it.
        folder: The checkout, with `docker-compose.yml`.
        env_file: What its variables are filled from.
        variables: Those that are not in the env file; they win over it.
        profiles: Profiles of `docker-compose.yml` that are on.
    """

    name: str
    folder: Path
    env_file: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    profiles: Sequence[str] = ()

    @property
    def environment(self) -> dict[str, str]:
        """For every call: `--profile` would add to what the shell or the env file has on, this replaces it."""
        return {**inherited(), **self.variables, "COMPOSE_PROFILES": ",".join(self.profiles)}

    def command(self, *arguments: str) -> list[str]:
        """The argument list; to be run in the folder, where an override file is found, too."""
        files = ["--env-file", str(self.env_file)] if self.env_file.exists() else []
        folder = ["--project-directory", str(self.folder)]
        return ["docker", "compose", "--project-name", self.name, *folder, *files, *arguments]

    def run(self, *arguments: str) -> str:
        """What `docker compose` prints.

        Raises:
            DockerError: it failed.
        """
        command = self.command(*arguments)
        return output(command, folder=self.folder, environment=self.environment)

    def start(
        self,
        *arguments: str,
        stdin: IO[Any] | int = subprocess.DEVNULL,
        stdout: IO[Any] | int | None = None,
        stderr: IO[Any] | int | None = None,
        own_session: bool = False,
    ) -> "subprocess.Popen[bytes]":
        """Begin `docker compose …` and return its process.

        Args:
            arguments: Of `docker compose`.
            stdin: What it reads.
            stdout: Where it prints; this process's own by default.
            stderr: The same for what it complains of.
            own_session: Whether it has one, where Ctrl-C does not reach it: whoever starts it decides what follows.
        """
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            start_new_session=own_session,
        )
