"""A run and its attempts, as they are kept on disk and shown."""

import time
from enum import StrEnum

from pydantic import BaseModel, Field

from services.workspace.runs.definition.request_model import RequestModel, Text
from services.workspace.runs.definition.spec import RunSpec
from services.workspace.runs.states import RunState


def now() -> int:
    """This moment, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class RunType(StrEnum):
    JOB_RUN = "JOB_RUN"
    SUBMIT_RUN = "SUBMIT_RUN"
    WORKFLOW_RUN = "WORKFLOW_RUN"
    """`dbutils.notebook.run`."""


class Overrides(RequestModel):
    """What a run-now puts in the place of the job's own parameters."""

    notebook_params: dict[str, Text] = Field(default_factory=dict)
    python_params: list[Text] = Field(default_factory=list)
    job_parameters: dict[str, Text] = Field(default_factory=dict)


class AttemptOutput(BaseModel):
    """What an attempt left behind, beside its executed copy.

    Attributes:
        exit_value: What `dbutils.notebook.exit` was given; None when it was never called.
        error: Message and the notebook's own frames.
        trace: The whole traceback.
        logs: Standard output and error of a Python file.
    """

    exit_value: str | None = None
    error: str = ""
    trace: str = ""
    logs: str = ""


class Attempt(BaseModel):
    """One attempt at a task; a run of its own to clients.

    Attributes:
        run_id: Its own id.
        number: 0 for the first attempt.
        created: When it was planned, in ms.
        began: When it began to execute, in ms; 0 before.
        ended: When it ended, in ms; 0 before.
        repair_id: The repair that it belongs to; 0 for the run's first go.
        parameters: What the notebook's widgets got.
        arguments: The Python file's command line.
    """

    run_id: int
    task_key: str
    state: RunState
    created: int
    number: int = 0
    began: int = 0
    ended: int = 0
    repair_id: int = 0
    parameters: dict[str, str] = {}
    arguments: list[str] = []


class Repair(BaseModel):
    """One more go at some tasks of a run that had ended; times in ms."""

    repair_id: int
    created: int
    ended: int = 0
    state: RunState
    attempts: list[int]


class Run(BaseModel):
    """A run.

    Attributes:
        job_id: Its job; a run that was only submitted has one of its own.
        token: Its idempotency token, if one was given.
        parent_run_id: The run or attempt whose notebook started this one; 0 for none.
        caller: The user agent that asked for it.
        note: What people should know about it, such as a Git source that was not cloned.
        created, began, ended: Times in ms; 0 for what has not happened yet.
        attempts: Every attempt at every task, oldest first.
        first_state: How its first go ended, once it was repaired.
    """

    run_id: int
    job_id: int
    name: str
    run_type: RunType
    spec: RunSpec
    state: RunState
    created: int
    began: int = 0
    ended: int = 0
    overrides: Overrides = Overrides()
    attempts: list[Attempt] = []
    repairs: list[Repair] = []
    first_state: RunState | None = None
    token: str = ""
    parent_run_id: int = 0
    caller: str = ""
    note: str = ""

    def latest(self, task_key: str) -> Attempt:
        return next(one for one in reversed(self.attempts) if one.task_key == task_key)

    def attempt(self, run_id: int) -> Attempt | None:
        return next((one for one in self.attempts if one.run_id == run_id), None)
