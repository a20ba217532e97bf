"""Which runtime this checkout has, native processes or containers: chosen, and remembered. Standard library only.

It is asked before there is an environment, since it decides which one is made.
"""

from dataclasses import dataclass
from pathlib import Path

from services.checkout import docker_engine
from services.checkout.location import setting
from services.files import write_private

NATIVE, COMPOSE = "native", "compose"
RUNTIMES = (NATIVE, COMPOSE)


class RuntimeChoiceError(RuntimeError):
    """No runtime can be taken; the message says why, and what to do."""


@dataclass(frozen=True)
class Choice:
    """A runtime, and why it was taken."""

    runtime: str
    reason: str


def choose(state: Path, *, native_first: bool = False) -> Choice:
    """The runtime that a start takes: forced by RUNTIME, else that of the last start, else by what is here.

    Args:
        state: The stack's state folder.
        native_first: Leave Docker alone unless it was chosen before: a newcomer's first command depends on no image.

    Raises:
        RuntimeChoiceError: RUNTIME is neither of the two.
    """
    if forced := setting("RUNTIME"):
        return Choice(_checked(forced), f"RUNTIME={forced} wants it so.")
    if last := remembered(state):
        return Choice(last, "It is that of the last start.")
    if native_first:
        return Choice(NATIVE, "The demo needs no Docker; RUNTIME=compose takes it.")
    problem = docker_engine.problem()
    if problem is None:
        return Choice(COMPOSE, "Docker answers; RUNTIME=native does without it.")
    return Choice(NATIVE, str(problem))


def remembered(state: Path) -> str | None:
    """The runtime of the last start; None when there was none, or it left something unreadable."""
    try:
        text = _file(state).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return text if text in RUNTIMES else None


def remember(state: Path, runtime: str) -> None:
    """Keep it until `clean` deletes the state."""
    write_private(_file(state), runtime)


def restore(state: Path, runtime: str | None) -> None:
    """Remember what was remembered before, which may be nothing."""
    if runtime is None:
        _file(state).unlink(missing_ok=True)
    else:
        remember(state, runtime)


def _checked(runtime: str) -> str:
    if runtime not in RUNTIMES:
        raise RuntimeChoiceError(f"RUNTIME={runtime} is neither native nor compose.")
    return runtime


def _file(state: Path) -> Path:
    return state / "runtime"
