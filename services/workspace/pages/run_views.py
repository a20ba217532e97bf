"""Runs and attempts as the pages' templates show them: text, durations, colours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from services.workspace.pages.times import moment, span
from services.workspace.runs.states import LifeCycle, Result, RunState
from services.workspace.runs.store.attempt_files import position_phrase, read_output
from services.workspace.runs.store.run_record import Attempt, AttemptOutput, Run, now
from services.workspace.runs.store.run_store import RunStore

EXECUTED = "executed.ipynb"
LOG = "output.log"

StateColour = Literal["good", "bad", "busy", "idle"]
"""Chooses a state's colour."""


@dataclass(frozen=True)
class StateView:
    """A state in one word."""

    word: str
    colour: StateColour

    @classmethod
    def of(cls, state: RunState) -> "StateView":
        return cls((state.result or state.life_cycle).replace("_", " ").lower(), _colour(state))


@dataclass(frozen=True)
class RunView:
    run_id: int
    job_id: int
    name: str
    kind: str
    state: StateView
    message: str
    note: str
    created: str
    took: str
    active: bool
    parent_run_id: int

    @classmethod
    def of(cls, run: Run) -> "RunView":
        return cls(
            run_id=run.run_id,
            job_id=run.job_id,
            name=run.name,
            kind=run.run_type.replace("_", " ").lower(),
            state=StateView.of(run.state),
            message=run.state.message,
            note=run.note,
            created=moment(run.created),
            took=span(run.began, run.ended, now()),
            active=not run.state.terminal,
            parent_run_id=run.parent_run_id,
        )


@dataclass(frozen=True)
class AttemptView:
    run_id: int
    task_key: str
    number: int
    path: str
    state: StateView
    message: str
    position: str
    began: str
    took: str
    upstream: Sequence[str]
    parameters: Mapping[str, str]
    arguments: Sequence[str]
    output: AttemptOutput
    has_notebook: bool
    has_log: bool

    @classmethod
    def of(cls, run: Run, attempt: Attempt, store: RunStore) -> "AttemptView":
        task, folder = run.spec.task(attempt.task_key), store.folder(attempt.run_id)
        notebook, script = task.notebook_task, task.spark_python_task
        return cls(
            run_id=attempt.run_id,
            task_key=attempt.task_key,
            number=attempt.number,
            path=notebook.notebook_path if notebook else script.python_file if script else "",
            state=StateView.of(attempt.state),
            message=attempt.state.message,
            position="" if attempt.state.terminal else position_phrase(folder).strip(" ()"),
            began=moment(attempt.began),
            took=span(attempt.began, attempt.ended, now()),
            upstream=task.upstream,
            parameters=attempt.parameters,
            arguments=attempt.arguments,
            output=read_output(folder),
            has_notebook=_has(folder, EXECUTED),
            has_log=_has(folder, LOG),
        )


def _has(folder: Path, name: str) -> bool:
    return (folder / name).is_file()


def _colour(state: RunState) -> StateColour:
    if state.result is Result.SUCCESS:
        return "good"
    if state.result is Result.EXCLUDED:
        return "idle"
    if state.result:
        return "bad"
    working = {LifeCycle.RUNNING, LifeCycle.TERMINATING}
    return "busy" if state.life_cycle in working else "idle"
