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
    "airflow.contrib.hooks.aws_hook": "airflow.providers.amazon.aws.hooks.base_aws",
    "airflow.contrib.sensors.file_sensor": f"{_STANDARD}.sensors.filesystem",
    "airflow.contrib.sensors.python_sensor": f"{_STANDARD}.sensors.python",
    "airflow.operators.http_operator": "airflow.providers.http.operators.http",
    "airflow.operators.mysql_operator": "airflow.providers.mysql.operators.mysql",
    "airflow.operators.sql": "airflow.providers.common.sql.operators.sql",
    "airflow.sensors.sql": "airflow.providers.common.sql.sensors.sql",
    "airflow.sensors.sql_sensor": "airflow.providers.common.sql.sensors.sql",
    "airflow.sensors.http_sensor": "airflow.providers.http.sensors.http",
    "airflow.sensors.s3_key_sensor": "airflow.providers.amazon.aws.sensors.s3",
    "airflow.hooks.dbapi": "airflow.providers.common.sql.hooks.sql",
    "airflow.hooks.dbapi_hook": "airflow.providers.common.sql.hooks.sql",
    "airflow.hooks.http_hook": "airflow.providers.http.hooks.http",
    "airflow.hooks.mysql_hook": "airflow.providers.mysql.hooks.mysql",
    "airflow.hooks.S3_hook": "airflow.providers.amazon.aws.hooks.s3",
    "airflow.utils.weekday": f"{_STANDARD}.utils.weekday",
}
"""What ruff cannot rewrite (`import airflow.operators.bash_operator`) is answered as it is asked."""

_RENAMED = {
    "AwsHook": "AwsBaseHook",
    "Dataset": "Asset",
    "DatasetAlias": "AssetAlias",
    "DatasetAll": "AssetAll",
    "DatasetAny": "AssetAny",
    "DummyOperator": "EmptyOperator",
}
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
            vars(module)["__getattr__"] = _looking_into(_imported(new, module.__name__))


def _imported(new: str, old: str) -> ModuleType:
    try:
        return importlib.import_module(new)
    except ModuleNotFoundError as error:
        if not new.startswith("airflow.providers."):
            raise
        package = f"apache-airflow-providers-{new.split('.')[2]}"
        raise ModuleNotFoundError(
            f"{old} is {new} now, of a package that is not here: put {package} into "
            "airflow/requirements/requirements.txt, then `make restart`.",
            name=new,
        ) from error


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
