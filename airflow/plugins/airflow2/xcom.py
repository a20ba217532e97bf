"""`xcom_pull` without `task_ids`: what the nearest task before this one has left under the key."""

from collections.abc import Iterator
from typing import Any

from airflow2.patching import Function, wrap


def install() -> None:
    """A pull that names no task finds one, as in Airflow 2."""
    from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance

    wrap(RuntimeTaskInstance, "xcom_pull", _from_before)


def nearest_first(task: Any) -> Iterator[str]:
    """The task itself, the tasks before it, and theirs, the nearest first."""
    level, seen = [task], {task.task_id}
    while level:
        yield from sorted(one.task_id for one in level)
        before = [one for each in level for one in each.upstream_list]
        level = [one for one in {o.task_id: o for o in before}.values() if one.task_id not in seen]
        seen |= {one.task_id for one in level}


def _from_before(original: Function) -> Function:
    def xcom_pull(self: Any, task_ids: Any = None, *values: Any, **given: Any) -> Any:
        if task_ids is not None or values or given.get("dag_id"):
            return original(self, task_ids, *values, **given)
        default = given.pop("default", None)
        for task_id in nearest_first(self.task):
            found = original(self, task_id, **given)
            if found is not None and found != []:
                return found
        return default

    return xcom_pull
