"""One Python file, as a process of its own."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

from services.files import write_private
from services.settings import Settings
from services.workspace.execution.cell_failure import tidy
from services.workspace.execution.child_environment import child_environment
from services.workspace.execution.context_file import write_context
from services.workspace.execution.python_file import PythonFileError, find_python_file
from services.workspace.execution.user_process import (
    DIE_WITH_PARENT,
    describe_exit,
    kill_group,
    write_pid,
)
from services.workspace.task_executor import OutcomeStatus, TaskLaunch, TaskOutcome

_NO_FOLDER = ""
LOG = "output.log"
_LIMIT = 5 * 1024 * 1024
"""Bytes of output that are kept: the last ones."""

_SECONDS_BETWEEN = 2.0
_TRACEBACK = re.compile(r"^Traceback \(most recent call last\):$", re.MULTILINE)
_ERROR_LINES = 30


async def run_python(
    settings: Settings, launch: TaskLaunch, report_position: Callable[[str], None]
) -> TaskOutcome:
    """Run a Python file; its output is in the attempt's folder while it runs."""
    try:
        file = await asyncio.to_thread(find_python_file, settings, launch.path)
    except PythonFileError as error:
        return TaskOutcome(
            OutcomeStatus.NOT_FOUND, message=str(error), error=str(error), trace=str(error)
        )
    report_position("running")
    process = await asyncio.create_subprocess_exec(
        *DIE_WITH_PARENT,
        _NO_FOLDER,
        "services.workspace.execution.script_runner",
        str(write_context(launch, file)),
        str(file),
        *launch.arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=file.parent,
        env=child_environment(settings),
        start_new_session=True,
    )
    log = OutputLog(launch.folder / LOG)
    try:
        write_pid(launch.folder, process.pid)
        await log.follow(process)
    finally:
        kill_group(process)
        returncode = await process.wait()
        log.save()
    return _outcome(file, returncode, log.text())


class OutputLog:
    """The end of a process's output, on disk while it runs."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._tail = bytearray()

    async def follow(self, process: asyncio.subprocess.Process) -> None:
        """Read until the process has ended."""
        saving = asyncio.ensure_future(self._keep())
        reading = asyncio.ensure_future(self._read(process))
        try:
            await process.wait()
            kill_group(process)
            await reading
        finally:
            saving.cancel()
            reading.cancel()

    def text(self) -> str:
        return self._tail.decode(errors="replace")

    def save(self) -> None:
        write_private(self._file, self.text())

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        while process.stdout and (chunk := await process.stdout.read(65_536)):
            self._tail += chunk
            del self._tail[:-_LIMIT]

    async def _keep(self) -> None:
        saved = 0
        while True:
            await asyncio.sleep(_SECONDS_BETWEEN)
            if len(self._tail) != saved or saved == _LIMIT:
                saved = len(self._tail)
                self.save()


def _outcome(file: Path, returncode: int, logs: str) -> TaskOutcome:
    if returncode == 0:
        return TaskOutcome(OutcomeStatus.SUCCESS, logs=logs)
    ended = f"{file.name} {describe_exit(returncode)}"
    if returncode < 0:
        return TaskOutcome(OutcomeStatus.INTERNAL_ERROR, message=ended, error=ended, logs=logs)
    trace = _last_traceback(logs)
    message = _exception_line(trace) or ended
    error = "\n".join((trace or logs).splitlines()[-_ERROR_LINES:])
    return TaskOutcome(
        OutcomeStatus.FAILED,
        message=message,
        error=f"{ended}\n{tidy(error)}",
        trace=trace or error,
        logs=logs,
    )


def _last_traceback(logs: str) -> str:
    starts = [match.start() for match in _TRACEBACK.finditer(logs)]
    return logs[starts[-1] :].strip() if starts else ""


def _exception_line(trace: str) -> str:
    """The exception's own line: the first one below the frames."""
    lines = trace.splitlines()[1:]
    return next((tidy(line) for line in lines if not line.startswith(" ")), "")
