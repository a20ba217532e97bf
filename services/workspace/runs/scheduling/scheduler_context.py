"""What the scheduler's parts share: run store, ids, executor, change signal, view counts."""

from dataclasses import dataclass, field

from services.workspace.runs.scheduling.change_signal import ChangeSignal
from services.workspace.runs.scheduling.view_counts import ViewCounts
from services.workspace.runs.store.ids import IdSequence
from services.workspace.runs.store.run_record import Run
from services.workspace.runs.store.run_store import RunStore
from services.workspace.task_executor import TaskExecutor


@dataclass(frozen=True)
class SchedulerContext:
    """What the scheduler's parts share.

    Attributes:
        workspace_url: The workspace's address, as parameters can refer to it.
        queued: Ids of the runs that wait until `max_concurrent_runs` lets them begin.
    """

    store: RunStore
    ids: IdSequence
    executor: TaskExecutor
    workspace_url: str = ""
    changes: ChangeSignal = field(default_factory=ChangeSignal)
    views: ViewCounts = field(default_factory=ViewCounts)
    queued: set[int] = field(default_factory=set)

    def save(self, run: Run) -> None:
        """Write a run to the store, and wake those who wait for a change."""
        self.store.save(run)
        self.changes.notify()

    def count_view(self, run_id: int) -> int:
        """Count one `runs/get` of a run or an attempt; return how many there were, this one included."""
        count = self.views.add(run_id)
        self.changes.notify()
        return count

    def must_wait(self, run: Run) -> bool:
        """Whether older runs of its job wait, or as many run as `max_concurrent_runs` allows."""
        return not self._first_in_queue(run) or self._full(run)

    def _full(self, run: Run) -> bool:
        running = [
            one
            for one in self.store.active()
            if one.job_id == run.job_id
            and one.run_id != run.run_id
            and one.run_id not in self.queued
        ]
        return len(running) >= run.spec.max_concurrent_runs

    def _first_in_queue(self, run: Run) -> bool:
        same = [one for one in self.queued if self.store.get(one).job_id == run.job_id]
        return run.run_id == min(same, default=run.run_id)
