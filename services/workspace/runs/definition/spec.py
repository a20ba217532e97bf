"""What a run is asked to do: its tasks, with clusters, dependencies, retries and limits."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from services.workspace.runs.definition.request_model import Count, RequestModel, Text


class RunIf(StrEnum):
    """When a task runs, by the results of those that it depends on."""

    ALL_SUCCESS = "ALL_SUCCESS"
    AT_LEAST_ONE_SUCCESS = "AT_LEAST_ONE_SUCCESS"
    NONE_FAILED = "NONE_FAILED"
    ALL_DONE = "ALL_DONE"
    AT_LEAST_ONE_FAILED = "AT_LEAST_ONE_FAILED"
    ALL_FAILED = "ALL_FAILED"


class NotebookTask(RequestModel):
    """A notebook, with what its widgets get."""

    notebook_path: Annotated[str, Field(min_length=1)]
    base_parameters: dict[str, Text] = Field(default_factory=dict)
    source: str = ""


class PythonTask(RequestModel):
    """A Python file, with its command line."""

    python_file: Annotated[str, Field(min_length=1)]
    parameters: list[Text] = Field(default_factory=list)
    source: str = ""


class Dependency(RequestModel):
    """A task that must have ended first."""

    task_key: str


class TaskSpec(RequestModel):
    """One task.

    Attributes:
        timeout_seconds: Limit of each attempt; 0 for none.
        max_retries: Further attempts after a failed one; -1 for any number.
        min_retry_interval_millis: From the start of one attempt to the start of the next.
    """

    task_key: Annotated[str, Field(min_length=1)]
    notebook_task: NotebookTask | None = None
    spark_python_task: PythonTask | None = None
    depends_on: list[Dependency] = Field(default_factory=list)
    run_if: RunIf = RunIf.ALL_SUCCESS
    timeout_seconds: Count = 0
    max_retries: Annotated[int, Field(ge=-1)] = 0
    min_retry_interval_millis: Count = 0
    retry_on_timeout: bool = False
    existing_cluster_id: str | None = None
    job_cluster_key: str | None = None
    new_cluster: dict[str, Any] | None = None
    environment_key: str | None = None
    libraries: list[Any] | None = None
    description: str | None = None

    @property
    def upstream(self) -> list[str]:
        """Keys of the tasks that it depends on."""
        return [dependency.task_key for dependency in self.depends_on]


class JobCluster(RequestModel):
    """A cluster that several tasks of a job share."""

    job_cluster_key: str
    new_cluster: dict[str, Any] = Field(default_factory=dict)


class JobParameter(RequestModel):
    """A parameter of a job, which reaches each of its tasks that takes parameters by name."""

    name: str
    default: Text = ""


class Queue(RequestModel):
    """Whether runs beyond `max_concurrent_runs` wait; else they are skipped."""

    enabled: bool = False


class RunSpec(RequestModel):
    """The tasks of a run, and what holds for all of them."""

    tasks: Annotated[list[TaskSpec], Field(min_length=1)]
    timeout_seconds: Count = 0
    job_clusters: list[JobCluster] = Field(default_factory=list)
    parameters: list[JobParameter] = Field(default_factory=list)
    max_concurrent_runs: Count = 1
    queue: Queue = Queue()
    git_source: dict[str, Any] | None = None

    def task(self, key: str) -> TaskSpec:
        return next(task for task in self.tasks if task.task_key == key)
