"""Modules that Airflow 3 has no more, found where their contents are now."""

import importlib
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

_STANDARD = "airflow.providers.standard"

MOVED = {
    "airflow.operators.bash_operator": f"{_STANDARD}.operators.bash",
    "airflow.operators.python_operator": f"{_STANDARD}.operators.python",
    "airflow.operators.dummy": f"{_STANDARD}.operators.empty",
    "airflow.operators.dummy_operator": f"{_STANDARD}.operators.empty",
    "airflow.operators.branch_operator": "airflow.sdk.bases.branch",
    "airflow.operators.dagrun_operator": f"{_STANDARD}.operators.trigger_dagrun",
    "airflow.operators.email_operator": "airflow.providers.smtp.operators.smtp",
    "airflow.operators.latest_only_operator": f"{_STANDARD}.operators.latest_only",
    "airflow.sensors.base_sensor_operator": "airflow.sdk.bases.sensor",
    "airflow.sensors.external_task_sensor": f"{_STANDARD}.sensors.external_task",
    "airflow.sensors.date_time_sensor": f"{_STANDARD}.sensors.date_time",
    "airflow.hooks.base_hook": "airflow.sdk.bases.hook",
    "airflow.datasets": "airflow.sdk",
    "airflow.contrib.operators.databricks_operator": "airflow.providers.databricks.operators.databricks",
    "airflow.contrib.hooks.databricks_hook": "airflow.providers.databricks.hooks.databricks",
    "airflow.contrib.sensors.file_sensor": f"{_STANDARD}.sensors.filesystem",
}
"""What ruff cannot rewrite (`import airflow.operators.bash_operator`) is answered as it is asked."""

_RENAMED = {"Dataset": "Asset", "DummyOperator": "EmptyOperator"}
_NO_SUBDAGS = (
    "Airflow 3 has no SubDAGs: make a TaskGroup of the tasks (from airflow.sdk import TaskGroup)."
)
_SUBDAGS = {"airflow.operators.subdag", "airflow.operators.subdag_operator"}
_PACKAGES = {"airflow.contrib", "airflow.contrib.operators", "airflow.contrib.hooks"}
_PACKAGES |= {"airflow.contrib.sensors"}


class SubDagOperator:
    """What a DAG with SubDAGs meets: one sentence that says what to do."""

    def __init__(self, **_: Any) -> None:
        raise TypeError(_NO_SUBDAGS)


def days_ago(days: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """A time of day in UTC, some days ago."""
    from airflow.sdk import timezone

    today: datetime = timezone.utcnow().replace(
        hour=hour, minute=minute, second=second, microsecond=0
    )
    return today - timedelta(days=days)


class _Finder(MetaPathFinder, Loader):
    """Asked last: only for what is not there."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name in MOVED or name in _SUBDAGS or name in _PACKAGES:
            return ModuleSpec(name, self, is_package=name in _PACKAGES)
        return None

    def exec_module(self, module: ModuleType) -> None:
        if module.__name__ in _SUBDAGS:
            vars(module)["SubDagOperator"] = SubDagOperator
        elif new := MOVED.get(module.__name__):
            vars(module)["__getattr__"] = _looking_into(importlib.import_module(new))


def _looking_into(there: ModuleType) -> Any:
    def __getattr__(name: str) -> Any:
        return getattr(there, _RENAMED.get(name, name))

    return __getattr__


def install(path: list[Any] | Sequence[Any] | None = None) -> None:
    """Old imports succeed, in `import` and in `from … import`, also inside functions."""
    finders = sys.meta_path if path is None else path
    if isinstance(finders, list) and not any(type(f).__name__ == "_Finder" for f in finders):
        finders.append(_Finder())
    dates = importlib.import_module("airflow.utils.dates")
    if not hasattr(dates, "days_ago"):
        vars(dates)["days_ago"] = days_ago
