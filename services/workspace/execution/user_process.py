"""A process that executes users' code, with all that it starts: begun in a group of its own, ended as a whole."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import psutil

from services.files import write_private

T = TypeVar("T")


DIE_WITH_PARENT = (sys.executable, "-m", "services.workspace.execution.die_with_parent")
"""Begins the command of a process that ends when this one has died; a folder and a module follow."""


class ProcessDied(Exception):
    """The process ended although nobody asked it to; the message says how.

    Attributes:
        log_tail: The end of what it wrote outside of any cell.
    """

    def __init__(self, returncode: int) -> None:
        super().__init__(describe_exit(returncode))
        self.log_tail = ""


def describe_exit(returncode: int) -> str:
    """An exit code in words."""
    if returncode >= 0:
        return f"ended with exit code {returncode}"
    name = signal.Signals(-returncode).name
    killed = f"was killed by signal {-returncode} ({name})"
    if -returncode == signal.SIGKILL:
        return f"{killed}, most often because the machine ran out of memory"
    return killed


def kill_group(process: asyncio.subprocess.Process) -> None:
    """End a process and all that it started, at once; it must have been started with a session of its own."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def write_pid(folder: Path, pid: int) -> None:
    """Leave word of the process in the attempt's folder, for a workspace that starts after a crash of this one."""
    with contextlib.suppress(psutil.NoSuchProcess):
        write_private(folder / "pid", f"{pid} {psutil.Process(pid).create_time()}")


async def await_while_alive(process: asyncio.subprocess.Process, work: Coroutine[Any, Any, T]) -> T:
    """Await something that a process does.

    Raises:
        ProcessDied: it ended before the work was done.
    """
    task, death = asyncio.ensure_future(work), asyncio.ensure_future(process.wait())
    try:
        await asyncio.wait({task, death}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise ProcessDied(death.result())
    finally:
        task.cancel()
        death.cancel()
        await asyncio.gather(task, death, return_exceptions=True)
