"""One command in a container of its own, beside the stack's: `docker compose run`, with its signals and exit code."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import IO

from services.checkout.environment import variable
from services.stack.compose.project import Project

_TERMINAL_VARIABLES = ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "COLORTERM", "TERM")
"""Variables that say how this terminal shows things."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class ContainerJob:
    """A command of the pipeline.

    Attributes:
        service: Whose image, secrets and volumes it has.
        command: Module and arguments.
        mounts: Volumes on top of the service's, as `docker run --volume` has them.
        stdin: What it reads; nothing by default.
    """

    service: str
    command: Sequence[str]
    mounts: Sequence[str] = field(default=())
    stdin: IO[bytes] | int = subprocess.DEVNULL


def run_job(project: Project, job: ContainerJob) -> int:
    """Run it to its end and return its exit code.

    `docker compose run` forgets its container when a signal comes. So it does not see ours: it has a session of its
    own, and the container gets them from here, ends as it likes, and is printed to its end.
    """
    name = f"{project.name}-{job.command[0].rpartition('.')[2]}-{os.getpid()}"
    command = ("--progress", "quiet", "run", *_options(job, name), job.service, *job.command)
    forwarder = _Forwarder(name)
    with _forwarded(forwarder.send):
        process = project.start(*command, stdin=job.stdin, own_session=True)
        forwarder.started(process)
        return process.wait()


def _options(job: ContainerJob, name: str) -> list[str]:
    mounts = [f"--volume={mount}" for mount in job.mounts]
    variables = [f"--env={name}" for name in _TERMINAL_VARIABLES if variable(name) is not None]
    interactive = [] if job.stdin != subprocess.DEVNULL else ["--interactive=false"]
    terminal = [] if sys.stdout.isatty() else ["--no-TTY"]
    return ["--rm", "--no-deps", f"--name={name}", *interactive, *terminal, *mounts, *variables]


class _Forwarder:
    """Hands signals on to a job's container; those that come while it is being started, right after that."""

    def __init__(self, container: str) -> None:
        self._container = container
        self._process: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []

    def started(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        for number in self._early:
            self.send(number)

    def send(self, number: int) -> None:
        """To the container; while there is none yet, to the command that makes it."""
        if self._process is None:
            self._early.append(number)
            return
        sent = subprocess.run(
            ["docker", "kill", f"--signal={number}", self._container],
            capture_output=True,
            check=False,
        )
        if sent.returncode:
            self._process.terminate()


@contextlib.contextmanager
def _forwarded(send: Callable[[int], None]) -> Iterator[None]:
    """Hand signals on for as long as this lasts."""

    def hand_on(number: int, _: FrameType | None) -> None:
        send(signal.SIGTERM if number == signal.SIGHUP else number)

    before = {number: signal.signal(number, hand_on) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
