"""What we ask of Airflow."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from graphlib import CycleError, TopologicalSorter
from typing import Any
from urllib.parse import quote

from services.airflow.models import Dag, DagRun, ImportFailure, TaskInstance
from services.airflow.rest import AirflowRest

_PAGE = 100


class AirflowClient:
    """Airflow's DAGs and runs.

    Every method raises `services.airflow.errors.AirflowError` or one of its kinds.
    """

    def __init__(self, rest: AirflowRest) -> None:
        self._rest = rest

    def dags(self) -> list[Dag]:
        """All DAGs that Airflow could load."""
        return [Dag.read(row) for row in self._pages("/dags", "dags")]

    def dag(self, dag_id: str) -> Dag:
        return Dag.read(self._rest.call("GET", _dag(dag_id)))

    def source(self, dag_id: str) -> str:
        path = f"/dagSources/{quote(dag_id, '')}"
        return str(self._rest.call("GET", path, headers={"Accept": "application/json"})["content"])

    def import_failures(self) -> list[ImportFailure]:
        rows = self._pages("/importErrors", "import_errors")
        return sorted((ImportFailure.read(row) for row in rows), key=lambda row: row.file)

    def unpause(self, dag_id: str) -> None:
        """Let a DAG's runs begin, those of its schedule too."""
        self._rest.call("PATCH", _dag(dag_id), json={"is_paused": False})

    def trigger(self, dag_id: str, conf: Mapping[str, Any]) -> DagRun:
        body = {"logical_date": datetime.now(UTC).isoformat(), "conf": conf}
        return DagRun.read(self._rest.call("POST", f"{_dag(dag_id)}/dagRuns", json=body))

    def run(self, dag_id: str, run_id: str) -> DagRun:
        return DagRun.read(self._rest.call("GET", _run(dag_id, run_id)))

    def last_run(self, dag_id: str) -> DagRun | None:
        """A DAG's newest run."""
        newest = {"limit": 1, "order_by": "-run_after"}
        rows = self._rest.call("GET", f"{_dag(dag_id)}/dagRuns", params=newest)["dag_runs"]
        return DagRun.read(rows[0]) if rows else None

    def tasks(self, dag_id: str, run_id: str) -> list[TaskInstance]:
        """The tasks of a run, as they are now."""
        path = f"{_run(dag_id, run_id)}/taskInstances"
        return [TaskInstance.read(row) for row in self._pages(path, "task_instances")]

    def order(self, dag_id: str) -> list[str]:
        """The ids of a DAG's tasks, each after those that it waits for."""
        rows = self._rest.call("GET", f"{_dag(dag_id)}/tasks")["tasks"]
        sorter: TopologicalSorter[str] = TopologicalSorter()
        for row in rows:
            sorter.add(row["task_id"])
            for later in row["downstream_task_ids"]:
                sorter.add(later, row["task_id"])
        try:
            return list(sorter.static_order())
        except CycleError:
            return [row["task_id"] for row in rows]

    def log(self, dag_id: str, run_id: str, task: TaskInstance) -> list[Mapping[str, Any]]:
        """The events in the log of a task's last try."""
        path = f"{_run(dag_id, run_id)}/taskInstances/{quote(task.task_id, '')}/logs/{task.attempt}"
        content = self._rest.call("GET", path, params={"map_index": task.map_index})["content"]
        return [row if isinstance(row, dict) else {"event": str(row)} for row in content]

    def health(self) -> dict[str, str]:
        """Which of Airflow's parts report to be alive, by name."""
        parts = self._rest.call("GET", "/monitor/health")
        return {name: part["status"] or "not used" for name, part in parts.items()}

    def page(self, dag_id: str, run_id: str, task_id: str = "") -> str:
        task = f"/tasks/{quote(task_id, '')}" if task_id else ""
        return f"{self._rest.url}/dags/{quote(dag_id, '')}/runs/{quote(run_id, '')}{task}"

    def _pages(self, path: str, key: str) -> Iterator[Mapping[str, Any]]:
        offset = 0
        while True:
            page = self._rest.call("GET", path, params={"limit": _PAGE, "offset": offset})
            yield from page[key]
            offset += len(page[key])
            if not page[key] or offset >= page["total_entries"]:
                return


def _dag(dag_id: str) -> str:
    return f"/dags/{quote(dag_id, '')}"


def _run(dag_id: str, run_id: str) -> str:
    return f"{_dag(dag_id)}/dagRuns/{quote(run_id, '')}"
