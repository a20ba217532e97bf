"""The interface between scheduler and executor: `TaskLaunch` in, `TaskOutcome` out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol


@dataclass(frozen=True)
class TaskLaunch:
    """One attempt at one task.

    Attributes:
        kind: A notebook, or a Python file with arguments.
        path: `notebook_path` or `python_file`, as it was asked for.
        parameters: Of a notebook: what its widgets get, by name.
        arguments: Of a Python file: its command line.
        folder: The attempt's own folder, which exists; executed copy, logs and task values go there.
        run_id: The attempt's own run.
        parent_run_id: The run that it is part of; the same for a run of one task.
        job_id: The job, also for runs that were only submitted.
        task_key: The task's name in its run.
        cluster_id: The cluster that was asked for.
        values: Folder in which the tasks of the parent run leave `dbutils.jobs.taskValues`, a file a task.
    """

    kind: Literal["notebook", "python"]
    path: str
    folder: Path
    run_id: int
    parent_run_id: int
    job_id: int
    task_key: str
    cluster_id: str
    values: Path
    parameters: Mapping[str, str] = field(default_factory=dict)
    arguments: Sequence[str] = ()


class OutcomeStatus(StrEnum):
    """How an attempt ended by itself; cancelling and timeouts are the scheduler's own."""

    SUCCESS = "success"
    FAILED = "failed"
    NOT_FOUND = "not found"
    """There is no such notebook or file, or several; nothing was executed."""
    INTERNAL_ERROR = "internal error"
    """The kernel or Spark died, or the workspace itself failed."""


@dataclass(frozen=True)
class TaskOutcome:
    """What became of an attempt.

    Attributes:
        status: How it ended.
        message: One line for `state_message`, such as `NameError: name 'x' is not defined`; empty after success.
        error: The message and the notebook's own frames, for `get-output`.
        trace: The whole traceback.
        exit_value: What `dbutils.notebook.exit` was given; None when it was never called.
        logs: Standard output and error of a Python file.
    """

    status: OutcomeStatus
    message: str = ""
    error: str = ""
    trace: str = ""
    exit_value: str | None = None
    logs: str = ""


class TaskExecutor(Protocol):
    """Executes attempts; one object serves all of them, many at once."""

    async def run(self, launch: TaskLaunch, report_position: Callable[[str], None]) -> TaskOutcome:
        """Execute one attempt; cancelling it ends whatever was started for it, at once.

        Args:
            launch: What to do.
            report_position: Called with where it is ("cell 3 of 12"), for the run's state, also after a crash.
        """
        ...
