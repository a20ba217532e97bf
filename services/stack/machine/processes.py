"""Finding and ending the processes of one stack, whoever started them and whatever became of that.

Each process of a stack, and all that it starts, carries the stack's state folder in its environment.
So what a killed supervisor left behind is found again, and nobody else's process is ever touched.
"""

import contextlib
import os
import signal
import time
from collections.abc import Container
from pathlib import Path

import psutil

STACK_VARIABLE = "PINCLOUD_STACK"
"""Environment variable that holds the state folder of the stack a process belongs to."""

PIDFILE = "supervisord.pid"
"""In the folder `run`; the supervisor is the leader of a session, and its pid is the session's name."""


_DYING_SECONDS, _POLL_SECONDS = 1.0, 0.01


def stack_processes(state: Path) -> list[psutil.Process]:
    """All living processes of the stack whose state is in this folder.

    They carry its mark, or belong to its supervisor's session: Airflow hides the environment of workers that
    have run a task, from their own user as well.
    """
    others = (process for process in psutil.process_iter() if process.pid != os.getpid())
    living = [process for process in others if is_alive(process)]
    session = _session(state, {process.pid for process in living})
    return [
        process
        for process in living
        if _mark_of(process) == str(state) or _session_of(process) == session
    ]


def is_alive(process: psutil.Process) -> bool:
    """Whether it is still that process, and more than an entry in the table."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _mark_of(process: psutil.Process) -> str | None:
    try:
        return process.environ().get(STACK_VARIABLE)
    except (psutil.Error, OSError):
        return None


def _session(state: Path, living: Container[int]) -> int | None:
    """The session of the supervisor that was started last; None when its number is another's by now."""
    try:
        leader = int((state / "run" / PIDFILE).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return None if leader in living and _is_anothers(leader, state) else leader


def _is_anothers(pid: int, state: Path) -> bool:
    """Whether a process lives under this number that is not of the stack.

    One that is dying has lost its environment already; it is given a moment to be gone.
    """
    deadline = time.monotonic() + _DYING_SECONDS
    try:
        process = psutil.Process(pid)
    except psutil.NoSuchProcess:
        return False
    while is_alive(process):
        if (mark := _mark_of(process)) is not None:
            return mark != str(state)
        if time.monotonic() > deadline:
            return True
        time.sleep(_POLL_SECONDS)
    return False


def _session_of(process: psutil.Process) -> int:
    """The session that a process belongs to; 0 when it is gone."""
    try:
        return os.getsid(process.pid)
    except OSError:
        return 0


def end(processes: list[psutil.Process], timeout: float = 10) -> None:
    """Send SIGTERM, wait, send SIGKILL to what is left, and wait until all are gone."""
    _signal(processes, signal.SIGTERM)
    _, alive = psutil.wait_procs(processes, timeout=timeout)
    _signal(alive, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=timeout)


def _signal(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def tree_memory(pid: int) -> int:
    """Memory of a process and its children in bytes: PSS on Linux, else RSS."""
    try:
        root = psutil.Process(pid)
        return sum(_memory(process) for process in [root, *root.children(recursive=True)])
    except psutil.Error:
        return 0


def _memory(process: psutil.Process) -> int:
    try:
        full = process.memory_full_info()
    except psutil.Error:
        return 0
    return int(getattr(full, "pss", full.rss))
