"""A run of a DAG followed to its end."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from services.airflow.client import AirflowClient
from services.airflow.errors import AirflowError, AirflowUnreachableError
from services.airflow.models import AirflowState, DagRun, TaskInstance

_POLL_SECONDS = 1.0
_UNREACHABLE_SECONDS = 120
_SILENT_SECONDS = 30


@dataclass
class Follower:
    """Tells of every change in a run; a restart of Airflow meanwhile is waited for.

    Attributes:
        airflow: Where the run is.
        dag_id: Its DAG.
        order: The DAG's tasks, as they follow each other.
        changed: Told of each task whose state or try is another one.
        say: Told what a person should know besides.
    """

    airflow: AirflowClient
    dag_id: str
    order: Sequence[str]
    changed: Callable[[TaskInstance], None]
    say: Callable[[str], None]
    _seen: dict[str, TaskInstance] = field(default_factory=dict)
    _last_answer: float = field(default_factory=time.monotonic)
    _last_change: float = field(default_factory=time.monotonic)

    def follow(self, run_id: str, timeout: float) -> DagRun:
        """Wait for the run's end.

        Raises:
            AirflowError: it has not ended in `timeout` seconds, or Airflow stays away.
        """
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            run = self._poll(run_id)
            if run and run.ended:
                return run
            time.sleep(_POLL_SECONDS)
        raise AirflowError(
            f"The run has not ended within {timeout:.0f} s and goes on: {self.airflow.page(self.dag_id, run_id)}"
        )

    def _poll(self, run_id: str) -> DagRun | None:
        """The run as it is now, or None while Airflow is away. Its state is read first, so that no task is missed."""
        try:
            run = self.airflow.run(self.dag_id, run_id)
            for task in sorted(self.airflow.tasks(self.dag_id, run_id), key=self._rank):
                self._report_change(task)
            self._explain_standstill(run)
        except AirflowUnreachableError:
            if time.monotonic() - self._last_answer > _UNREACHABLE_SECONDS:
                raise
            return None
        self._last_answer = time.monotonic()
        return run

    def _rank(self, task: TaskInstance) -> tuple[int, int]:
        listed = task.task_id in self.order
        return (self.order.index(task.task_id) if listed else len(self.order), task.map_index)

    def _report_change(self, task: TaskInstance) -> None:
        before = self._seen.get(task.name)
        if before is None or (before.state, before.attempt) != (task.state, task.attempt):
            self._seen[task.name] = task
            self._last_change = time.monotonic()
            self.changed(task)

    def _explain_standstill(self, run: DagRun) -> None:
        """Say who is missing when nothing moves for long."""
        running = any(task.state == AirflowState.RUNNING for task in self._seen.values())
        if run.ended or running or time.monotonic() - self._last_change < _SILENT_SECONDS:
            return
        self._last_change = time.monotonic()
        health = self.airflow.health()
        if health.get("scheduler") != "healthy":
            self.say(
                "Airflow's scheduler does not run: `make up` starts it, and the run goes on then."
            )
        elif run.state == AirflowState.QUEUED:
            self.say(f"The run waits: another run of {self.dag_id} has not ended yet.")
