"""A run of a DAG followed to its end."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from services.airflow.client import Airflow
from services.airflow.errors import AirflowError, UnreachableError
from services.airflow.shapes import Run, State, Task

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

    airflow: Airflow
    dag_id: str
    order: Sequence[str]
    changed: Callable[[Task], None]
    say: Callable[[str], None]
    _seen: dict[str, Task] = field(default_factory=dict)
    _answered: float = field(default_factory=time.monotonic)
    _news: float = field(default_factory=time.monotonic)

    def follow(self, run_id: str, timeout: float) -> Run:
        """Wait for the run's end.

        Raises:
            AirflowError: it has not ended in `timeout` seconds, or Airflow stays away.
        """
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            run = self._look(run_id)
            if run and run.ended:
                return run
            time.sleep(_POLL_SECONDS)
        raise AirflowError(
            f"The run has not ended within {timeout:.0f} s and goes on: {self.airflow.page(self.dag_id, run_id)}"
        )

    def _look(self, run_id: str) -> Run | None:
        """The run as it is now, or None while Airflow is away. Its state is read first, so that no task is missed."""
        try:
            run = self.airflow.run(self.dag_id, run_id)
            for task in sorted(self.airflow.tasks(self.dag_id, run_id), key=self._rank):
                self._notice(task)
            self._explain_silence(run)
        except UnreachableError:
            if time.monotonic() - self._answered > _UNREACHABLE_SECONDS:
                raise
            return None
        self._answered = time.monotonic()
        return run

    def _rank(self, task: Task) -> tuple[int, int]:
        known = task.task_id in self.order
        return (self.order.index(task.task_id) if known else len(self.order), task.map_index)

    def _notice(self, task: Task) -> None:
        before = self._seen.get(task.name)
        if before is None or (before.state, before.attempt) != (task.state, task.attempt):
            self._seen[task.name] = task
            self._news = time.monotonic()
            self.changed(task)

    def _explain_silence(self, run: Run) -> None:
        """Say who is missing when nothing moves for long."""
        running = any(task.state == State.RUNNING for task in self._seen.values())
        if run.ended or running or time.monotonic() - self._news < _SILENT_SECONDS:
            return
        self._news = time.monotonic()
        health = self.airflow.health()
        if health.get("scheduler") != "healthy":
            self.say(
                "Airflow's scheduler does not run: `make up` starts it, and the run goes on then."
            )
        elif run.state == State.QUEUED:
            self.say(f"The run waits: another run of {self.dag_id} has not ended yet.")
