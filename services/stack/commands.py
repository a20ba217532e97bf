"""What every runtime can do: the commands of `python -m services.stack`, and what an `up` is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from services.stack.report import Report
from services.stack.status import ServiceStatus


@dataclass(frozen=True)
class UpRequest:
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

    def up(self, request: UpRequest, why: str, report: Report) -> None:
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


def require_services(names: Sequence[str], services: Sequence[str]) -> None:
    """Refuse names that no service has.

    Raises:
        RuntimeError: there are some; the message lists the services.
    """
    unknown = set(names) - set(services)
    if unknown:
        raise RuntimeError(
            f"There is no service {', '.join(sorted(unknown))}. The services are: {', '.join(services)}."
        )
