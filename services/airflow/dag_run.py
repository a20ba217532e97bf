"""`make dag-run`: begin a run of a DAG and follow it to its end."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from services.airflow.client import AirflowClient
from services.airflow.errors import AirflowError
from services.airflow.follow import Follower
from services.airflow.models import AirflowState, Dag, DagRun, TaskInstance
from services.airflow.task_errors import error_lines
from services.airflow.terminal import state
from services.terminal import plain
from services.terminal_text import escaped

_DUE_SECONDS = 60
_QUIET = ("waiting", "scheduled", "queued")


def run(
    airflow: AirflowClient, dag: Dag, conf: Mapping[str, Any], timeout: float, console: Console
) -> bool:
    """Whether the run succeeded; it goes on when this is interrupted.

    Raises:
        AirflowError: Airflow refuses, or the time is over.
    """
    started, dag_id = time.monotonic(), dag.dag_id
    begun = _begin(airflow, dag, conf, console)
    page = airflow.page(dag_id, begun.run_id)
    _say(console, f"{dag_id}: {begun.run_id}\n{page}", "bold")

    def changed(task: TaskInstance) -> None:
        if task.state not in _QUIET:
            _say_task(console, task, time.monotonic() - started)

    follower = Follower(
        airflow, dag_id, airflow.order(dag_id), changed, lambda text: _say(console, text, "yellow")
    )
    try:
        ended = follower.follow(begun.run_id, timeout)
    except KeyboardInterrupt:
        _say(console, f"The run goes on without being watched: {page}", "yellow")
        raise
    _say_end(airflow, dag_id, ended, time.monotonic() - started, console)
    return ended.state == AirflowState.SUCCESS


def _begin(airflow: AirflowClient, dag: Dag, conf: Mapping[str, Any], console: Console) -> DagRun:
    """Trigger a run; if unpausing makes the scheduler begin one that is due, take that one.

    Two runs side by side would be the first thing that a user's own DAG ever did.
    """
    if not dag.paused:
        return airflow.trigger(dag.dag_id, conf)
    before = airflow.last_run(dag.dag_id)
    airflow.unpause(dag.dag_id)
    _say(console, f"{dag.dag_id} was paused; it is on now, and runs by its schedule too.", "yellow")
    if not dag.overdue or conf:
        return airflow.trigger(dag.dag_id, conf)
    _say(console, "Its schedule's own run is due: that is the one.", "yellow")
    return _due_run(airflow, dag.dag_id, before)


def _due_run(airflow: AirflowClient, dag_id: str, before: DagRun | None) -> DagRun:
    deadline = time.monotonic() + _DUE_SECONDS
    while time.monotonic() < deadline:
        newest = airflow.last_run(dag_id)
        if newest and (before is None or newest.run_id != before.run_id):
            return newest
        time.sleep(0.5)
    raise AirflowError(
        f"Airflow's scheduler has not begun a run of {dag_id} within {_DUE_SECONDS} s. "
        "Does it run? `make status`, `make logs SERVICE=airflow_scheduler`."
    )


def _say(console: Console, text: str, style: str = "") -> None:
    console.print(plain(text, style), soft_wrap=True)


def _say_task(console: Console, task: TaskInstance, seconds: float) -> None:
    attempt = f"  try {task.attempt}" if task.attempt > 1 else ""
    took = (
        f"  took {task.seconds:.1f} s"
        if task.seconds and task.state != AirflowState.RUNNING
        else ""
    )
    word = state(task.state)
    word.pad_right(16 - len(word))
    console.print(
        Text.assemble(
            (f"  {escaped(task.name):<24}", "bold"),
            word,
            f"{seconds:6.1f} s",
            (f"{took}{attempt}", "dim"),
        ),
        soft_wrap=True,
    )


def _say_end(
    airflow: AirflowClient, dag_id: str, run: DagRun, seconds: float, console: Console
) -> None:
    if run.state == AirflowState.SUCCESS:
        _say(console, f"Success in {seconds:.1f} s.", "bold green")
        return
    tasks = airflow.tasks(dag_id, run.run_id)
    for task in [task for task in tasks if task.state == AirflowState.FAILED]:
        _say_failure(console, task, _errors(airflow, dag_id, run, task))
        _say(console, f"  its log: {airflow.page(dag_id, run.run_id, task.task_id)}", "dim")
    _say(console, f"Failed after {seconds:.1f} s.", "bold red")


def _errors(airflow: AirflowClient, dag_id: str, run: DagRun, task: TaskInstance) -> Sequence[str]:
    """A worker that was killed may have left no log."""
    try:
        return error_lines(airflow.log(dag_id, run.run_id, task))
    except AirflowError as error:
        return [f"its log cannot be read: {error}"]


def _say_failure(console: Console, task: TaskInstance, lines: Sequence[str]) -> None:
    _say(console, f"{task.name} failed at try {task.attempt}:", "bold red")
    for line in lines or ["its log names no error"]:
        for part in line.splitlines():
            _say(console, f"  {part}")
