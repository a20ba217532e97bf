"""Whether Docker can run the stack here, and what to do when it cannot. Standard library only.

Always through the `docker` command, so that contexts, DOCKER_HOST, Colima and Podman's stand-in mean what they
mean elsewhere.
"""

import re
import shutil
import subprocess
from dataclasses import dataclass

MEMORY = 5_500_000_000
"""Bytes that the engine must have: what the containers may take together, without the margin of the limits."""

_COMPOSE = (2, 20)
_ENGINE = 25
"""The first engine that looks often while a container starts (`start_interval`)."""

_ENGINE_OF_LOOPBACK = 28
"""The first that keeps ports published on 127.0.0.1 from other machines of the network (moby issue 45610)."""

_FIRST_ENGINE = 17
"""Lower numbers, but those of 2013 to 2017, are Podman's."""

_TIMEOUT_SECONDS = 15


@dataclass(frozen=True)
class Problem:
    """Why Docker is not used.

    Attributes:
        text: What is the matter.
        remedy: What to do about it.
        final: Whether nothing can be started with it, even by those who insist.
    """

    text: str
    remedy: str
    final: bool = True

    def __str__(self) -> str:
        return f"{self.text} {self.remedy}"


def problem() -> Problem | None:
    """What keeps the stack from running in Docker; None when nothing does."""
    if shutil.which("docker") is None:
        return Problem(
            "There is no `docker` command.",
            "Install Docker (Docker Desktop, Colima, your system's package) to run it in containers.",
        )
    return _engine_problem() or _compose_problem()


def warning() -> str:
    """What an engine that can run the stack does not keep safe; empty when there is nothing to say."""
    code, answer, _ = _ask("info", "--format", "{{.ServerVersion}} {{.OperatingSystem}}")
    version, _, system = answer.strip().partition(" ")
    number = _numbers(version)[:1]
    if (
        code
        or "Docker Desktop" in system
        or not (_FIRST_ENGINE,) <= number < (_ENGINE_OF_LOOPBACK,)
    ):
        return ""
    return (
        f"Docker's engine is {version}. Before {_ENGINE_OF_LOOPBACK}, an engine on Linux lets other machines of the "
        "network reach ports that are published on 127.0.0.1, and so this stack. "
        f"Update it to {_ENGINE_OF_LOOPBACK} or newer; until then, run the stack in a network that you trust, "
        "or take RUNTIME=native."
    )


def _engine_problem() -> Problem | None:
    code, answer, stderr = _ask("info", "--format", "{{.ServerVersion}} {{.MemTotal}}")
    if code:
        return _no_answer(stderr)
    version, _, memory = answer.strip().rpartition(" ")
    if _numbers(version) < (_ENGINE,):
        return Problem(
            f"Docker's engine is {version or 'of no known version'}.",
            f"Update it to {_ENGINE} or newer.",
            final=False,
        )
    if int(memory) < MEMORY:
        return Problem(
            f"Docker has {int(memory) / 1e9:.1f} GB of memory, and the stack needs {MEMORY / 1e9:.1f}.",
            "Give it more (Docker Desktop: Settings → Resources; `colima start --memory 6`).",
            final=False,
        )
    return None


def _no_answer(stderr: str) -> Problem:
    """What an engine that gave no answer lacks."""
    if "permission denied" in stderr.lower():
        return Problem(
            "You may not talk to Docker (permission denied on its socket).",
            "Add yourself to its group, `sudo usermod -aG docker $USER`, and log in anew.",
        )
    said = stderr.strip().splitlines()[-1:] or ["no answer"]
    return Problem(
        f"Docker's engine does not answer ({said[0]}).",
        "Start it (Docker Desktop, `colima start`, `sudo systemctl start docker`).",
    )


def _compose_problem() -> Problem | None:
    code, answer, _ = _ask("compose", "version", "--short")
    if code:
        return Problem(
            "Docker has no Compose plugin.",
            "Install it (Debian: `docker-compose-plugin` or `docker-compose-v2`).",
        )
    if _numbers(answer) < _COMPOSE:
        return Problem(
            f"Docker Compose is {answer.strip()}.",
            f"Update it to {'.'.join(map(str, _COMPOSE))} or newer.",
        )
    return None


def _ask(*arguments: str) -> tuple[int, str, str]:
    """Exit code, output and error output of a question to Docker."""
    try:
        answer = subprocess.run(
            ["docker", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return 1, "", f"no answer within {_TIMEOUT_SECONDS} s"
    except OSError as error:
        return 1, "", str(error)
    return answer.returncode, answer.stdout, answer.stderr


def _numbers(version: str) -> tuple[int, ...]:
    """`v2.40.3-3` → (2, 40, 3)."""
    match = re.match(r"v?(\d+(?:\.\d+)*)", version.strip())
    return tuple(map(int, match[1].split("."))) if match else ()
