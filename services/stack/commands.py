"""What every runtime can do: the commands of `python -m services.stack`, and where they come from."""

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from services.stack.processes import members
from services.stack.report import Report
from services.stack.runtime import COMPOSE, NATIVE, RuntimeChoiceError, has_containers, remembered
from services.stack.status import ServiceStatus


@dataclass(frozen=True)
class Wish:
    """What an `up` is asked for.

    Attributes:
        profile: Empty for the default.
        workers: Of a cluster; 0 for as many as there are by default.
    """

    profile: str = ""
    workers: int = 0


class Commands(Protocol):
    """One runtime of this checkout's stack."""

    def setup(self, report: Report) -> None:
        """Get everything ready that an `up` needs, and start nothing."""

    def up(self, wish: Wish, why: str, report: Report) -> None:
        """Start what does not run yet, and wait until all is ready; `why` is this runtime's reason."""

    def down(self, report: Report) -> None:
        """Stop everything; data stays."""

    def clean(self, report: Report) -> None:
        """Stop everything, and delete state and data."""

    def restart(self, names: Sequence[str], report: Report) -> None:
        """Stop and start some services, or all."""

    def status(self) -> Sequence[ServiceStatus]:
        """How each service is."""

    def logs(self, names: Sequence[str], lines: int, *, follow: bool) -> int:
        """Print the ends of the logs; return the exit code."""

    def job(self, module: str, arguments: Sequence[str]) -> list[str]:
        """The command line of this interpreter that runs a module of the pipeline where the stack is."""

    def data(self) -> str:
        """A text that changes when the data was deleted behind the state folder's back."""

    def lake(self) -> str:
        """Where the Delta tables are, for people."""


def commands(runtime: str) -> Commands:
    """Those of a runtime; the other one's libraries are not imported, and need not be there.

    Raises:
        RuntimeChoiceError: this environment was made for containers, and cannot run the stack itself.
    """
    if runtime == COMPOSE:
        from services.stack.compose.commands import ComposeCommands  # noqa: PLC0415 - see above

        return ComposeCommands()
    if importlib.util.find_spec("pyspark") is None:
        raise RuntimeChoiceError(
            "This Python environment was made for Docker Compose, and the native stack needs more. "
            "Run the command by `make`, which makes what is needed."
        )
    from services.stack.native.commands import NativeCommands  # noqa: PLC0415 - see above

    return NativeCommands()


def require_alone(state: Path, runtime: str) -> None:
    """Refuse to use one runtime while the other one runs the same stack.

    Raises:
        RuntimeChoiceError: it does.
    """
    last = remembered(state)
    if last == runtime:
        return
    if last == COMPOSE and has_containers(state):
        raise RuntimeChoiceError(_second("in Docker Compose", runtime))
    if last == NATIVE and members(state.resolve()):
        raise RuntimeChoiceError(_second("as native processes", runtime))


def _second(where: str, runtime: str) -> str:
    return (
        f"This checkout's stack runs {where}, so RUNTIME={runtime} cannot be taken now: both want the same ports. "
        "`make down` stops it; or leave RUNTIME out."
    )
