"""From a planned attempt to the `TaskLaunch` that the executor gets."""

import re

from services.workspace.runs.definition.clusters import cluster_of
from services.workspace.runs.definition.spec import TaskSpec
from services.workspace.runs.scheduling.parameters import (
    fill,
    notebook_parameters,
    python_arguments,
)
from services.workspace.runs.scheduling.references import references
from services.workspace.runs.scheduling.scheduler_context import SchedulerContext
from services.workspace.runs.store.run_record import Attempt, Run
from services.workspace.runs.store.run_store import RunStore
from services.workspace.task_executor import TaskLaunch

_NOT_IN_FILE_NAMES = re.compile(r"[^\w.-]", re.ASCII)


def resolve_parameters(
    run: Run, task: TaskSpec, attempt: Attempt, context: SchedulerContext
) -> None:
    """Note on an attempt with which parameters it runs."""
    values = context.store.values(run.run_id)
    known = references(run, attempt, values, context.workspace_url)
    attempt.parameters = {k: fill(v, known) for k, v in notebook_parameters(run, task).items()}
    attempt.arguments = [fill(text, known) for text in python_arguments(run, task)]


def task_launch(run: Run, task: TaskSpec, attempt: Attempt, store: RunStore) -> TaskLaunch:
    """What the executor needs for an attempt.

    A sole task may be named by any text (it bears the run's name), and its key becomes a file's name.
    """
    notebook, script = task.notebook_task, task.spark_python_task
    path = notebook.notebook_path if notebook else script.python_file if script else ""
    return TaskLaunch(
        kind="notebook" if notebook else "python",
        path=path,
        folder=store.folder(attempt.run_id),
        run_id=attempt.run_id,
        parent_run_id=run.run_id,
        job_id=run.job_id,
        task_key=_NOT_IN_FILE_NAMES.sub("_", task.task_key)[:100],
        cluster_id=cluster_of(task),
        values=store.values(run.run_id),
        parameters=attempt.parameters if notebook else {},
        arguments=attempt.arguments if script else (),
    )
