"""Ends what an earlier process of the workspace left running: kernels and Python files."""

import logging
import os
import signal
from pathlib import Path

import psutil

log = logging.getLogger(__name__)

_SECONDS_TO_GO = 5.0
_SAME_START = 1.0
"""Seconds by which a process' start may seem to differ between two looks at it."""


def end_leftover(folder: Path) -> None:
    """End the process that an attempt's folder names in `pid` ("<pid> <create_time>"), and its group.

    A process that merely got the same number later is left alone.
    """
    file = folder / "pid"
    if not file.exists():
        return
    process = _named(file.read_text(encoding="utf-8"))
    if process:
        log.warning("ending process %s, left over by %s", process.pid, folder)
        _end(process)


def _named(text: str) -> psutil.Process | None:
    try:
        pid, created = text.split()
        process = psutil.Process(int(pid))
        same = abs(process.create_time() - float(created)) < _SAME_START
    except (ValueError, psutil.Error):
        return None
    return process if same else None


def _end(process: psutil.Process) -> None:
    try:
        family = [process, *process.children(recursive=True)]
        if os.getpgid(process.pid) == process.pid:
            os.killpg(process.pid, signal.SIGKILL)
    except (psutil.Error, ProcessLookupError):
        return
    for member in family:
        try:
            member.kill()
        except psutil.Error:
            continue
    psutil.wait_procs(family, timeout=_SECONDS_TO_GO)
