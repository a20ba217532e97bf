"""The runtime of the stack as it is now, and what keeps two runtimes of one stack apart. Standard library only."""

import subprocess
from pathlib import Path

from services.checkout.location import short_hash
from services.checkout.runtime import COMPOSE, NATIVE, RuntimeChoiceError, choose, remembered


def current(state: Path, *, native_first: bool = False) -> str:
    """The runtime of what is there, for all commands that start nothing anew."""
    return remembered(state) or choose(state, native_first=native_first).runtime


def project_name(state: Path) -> str:
    """Name of the stack's Compose project: two checkouts do not meet."""
    return f"pincloud-{short_hash(state.resolve())}"


def has_containers(state: Path) -> bool:
    """Whether containers of the stack run; nobody can tell without Docker, and then none do."""
    labels = (f"project={project_name(state)}", "config-hash")
    filters = [f"--filter=label=com.docker.compose.{label}" for label in labels]
    try:
        answer = subprocess.run(
            ["docker", "ps", "--quiet", *filters],
            capture_output=True,
            text=True,
            check=False,
            timeout=15,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return bool(answer.stdout.strip())


def require_alone(state: Path, runtime: str) -> None:
    """Refuse to use one runtime while the other one runs the same stack.

    Raises:
        RuntimeChoiceError: it does.
    """
    from services.stack.machine.processes import stack_processes  # noqa: PLC0415 - psutil is there in an environment alone

    last = remembered(state)
    if last == runtime:
        return
    if last == COMPOSE and has_containers(state):
        raise RuntimeChoiceError(_second("in Docker Compose", runtime))
    if last == NATIVE and stack_processes(state.resolve()):
        raise RuntimeChoiceError(_second("as native processes", runtime))


def _second(where: str, runtime: str) -> str:
    return (
        f"This checkout's stack runs {where}, so RUNTIME={runtime} cannot be taken now: both want the same ports. "
        "`make down` stops it; or leave RUNTIME out."
    )
