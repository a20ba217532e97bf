"""What a task gets: its own parameters, those of the run-now, those of the job, with references filled in."""

import re
from collections.abc import Mapping

from services.workspace.runs.definition.spec import TaskSpec
from services.workspace.runs.store.run_record import Run

_PART = r"(?:[\w-]+|\[\w+\]|`[^`{}]+`)"
"""A name, one in the brackets of Databricks' own list, or one that needs backticks."""

_REFERENCE = re.compile(rf"\{{\{{\s*({_PART}(?:\.{_PART})*)\s*\}}\}}")
_MARKS = re.compile(r"[`\[\]]")


def job_parameters(run: Run) -> dict[str, str]:
    """The job's parameters: what the run-now says, else their defaults."""
    defaults = {parameter.name: parameter.default for parameter in run.spec.parameters}
    return {**defaults, **run.overrides.job_parameters}


def filled_job_parameters(run: Run, known: Mapping[str, str]) -> dict[str, str]:
    """The job's parameters with their own references filled in."""
    return {name: fill(value, known) for name, value in job_parameters(run).items()}


def notebook_parameters(run: Run, task: TaskSpec) -> dict[str, str]:
    """A notebook's parameters; the job's win over the run-now's, and those over the task's own."""
    own = task.notebook_task.base_parameters if task.notebook_task else {}
    return {**own, **run.overrides.notebook_params, **job_parameters(run)}


def python_arguments(run: Run, task: TaskSpec) -> list[str]:
    """A Python file's command line; the run-now's replaces the task's own."""
    own = task.spark_python_task.parameters if task.spark_python_task else []
    return list(run.overrides.python_params or own)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in the place of `{{job.id}}` and the like; unknown references stay as they are."""
    return _REFERENCE.sub(lambda found: values.get(_MARKS.sub("", found[1]), found[0]), text)
