"""Ending the workers of a scheduler that was killed: they would wait for tasks for ever.

Nothing closes their queue, since each of them holds both of its ends. A task that such a worker still runs is
ended with it: the next scheduler begins it anew, and two of it at once must not be.
"""

import contextlib
from pathlib import Path

import psutil

from services.stack.machine.processes import stack_processes

_TITLE = "airflow worker"
"""How LocalExecutor's workers call themselves."""


def end_workers(state: Path) -> int:
    """Kill all workers of this stack, with their tasks; return how many processes that were.

    To be called when no scheduler runs.
    """
    workers = [process for process in stack_processes(state) if _is_worker(process)]
    tree = {process for worker in workers for process in [worker, *_descendants(worker)]}
    for process in tree:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(list(tree), timeout=10)
    return len(tree)


def _is_worker(process: psutil.Process) -> bool:
    try:
        return " ".join(process.cmdline()).startswith(_TITLE)
    except psutil.Error:
        return False


def _descendants(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []
