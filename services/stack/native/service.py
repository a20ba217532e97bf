"""What the stack knows of one of its services."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


def nothing_to_prepare() -> None:
    """Default of `Service.prepare`."""


@dataclass(frozen=True)
class NativeService:
    """A long-running process of the native runtime.

    Attributes:
        name: One word; also the name of its log file.
        command: Argument list, run from the checkout.
        ports: Name of the setting → port that the process will listen on.
        ready: Returns when the service really answers, else raises NotReadyError.
        needs: Names of services and tasks that must be ready before this one is started (`start_order`).
        reports_to: Names of services that it still talks to while it ends: they are stopped after it.
        prepare: Makes what the process expects to find (data folders, configuration files).
        environment: Variables on top of the stack's own.
        deadline: Seconds that it may take from start to ready.
        stop_seconds: Seconds from SIGTERM to SIGKILL.
        final_exit_code: Exit code after which it is not started again, because that would not help.
        url: What a person would open or connect to.
    """

    name: str
    command: tuple[str, ...]
    ports: Mapping[str, int]
    ready: Callable[[], None]
    needs: frozenset[str] = frozenset()
    reports_to: frozenset[str] = frozenset()
    prepare: Callable[[], None] = nothing_to_prepare
    environment: Mapping[str, str] = field(default_factory=dict)
    deadline: float = 180
    stop_seconds: int = 15
    final_exit_code: int | None = None
    url: str = ""


@dataclass(frozen=True)
class StartTask:
    """Something that is done once in every start, such as making the source's tables."""

    name: str
    command: tuple[str, ...]
    needs: frozenset[str] = frozenset()
    deadline: float = 120
