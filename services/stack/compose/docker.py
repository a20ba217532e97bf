"""Calling the `docker` command."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from services.checkout import docker_engine


class DockerError(RuntimeError):
    """Docker did not do what it was told; the message says what it said, and what to do."""


def docker(*arguments: str) -> str:
    """What a `docker` command prints.

    Raises:
        DockerError: it failed.
    """
    return output(["docker", *arguments])


def output(
    command: Sequence[str],
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """What a command prints, run in a folder.

    Raises:
        DockerError: it failed.
    """
    try:
        answer = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise docker_error(command, str(error)) from error
    if answer.returncode:
        raise docker_error(command, answer.stderr or answer.stdout)
    return answer.stdout


def docker_error(command: Sequence[str], said: str) -> DockerError:
    """What to say of a command that failed: Docker's own trouble first, if it has one."""
    problem = docker_engine.problem()
    if problem is not None and problem.final:
        return DockerError(
            f"This checkout's stack is one of Docker Compose. {problem} Then run the same command again. "
            "(RUNTIME=native starts another stack, without this one's data.)"
        )
    words = [line.strip() for line in said.splitlines() if line.strip()]
    shown = " ".join(word for word in command if not word.startswith("/"))
    return DockerError(f"`{shown}` failed: {' '.join(words[-3:]) or 'it does not say why'}")
