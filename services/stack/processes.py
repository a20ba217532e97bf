"""Finding and ending the processes of one stack, whoever started them and whatever became of that.

Each process of a stack, and all that it starts, carries the stack's state folder in its environment.
So what a killed supervisor left behind is found again, and nobody else's process is ever touched.
"""

import contextlib
import os
import signal
from pathlib import Path

import psutil

MARK = "PINCLOUD_STACK"
"""Environment variable that holds the state folder of the stack a process belongs to."""


def members(state: Path) -> list[psutil.Process]:
    """All living processes of the stack whose state is in this folder."""
    return [process for process in psutil.process_iter() if _mark_of(process) == str(state)]


def _mark_of(process: psutil.Process) -> str | None:
    try:
        if process.status() == psutil.STATUS_ZOMBIE or process.pid == os.getpid():
            return None
        return process.environ().get(MARK)
    except (psutil.Error, OSError):
        return None


def end(processes: list[psutil.Process], patience: float = 10) -> None:
    """Send SIGTERM, wait, send SIGKILL to what is left, and wait until all are gone."""
    _signal(processes, signal.SIGTERM)
    _, alive = psutil.wait_procs(processes, timeout=patience)
    _signal(alive, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=patience)


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
