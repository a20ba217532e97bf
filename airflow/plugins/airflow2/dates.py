"""A run's dates under the names that they had in a task's context."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

NAMES = [
    "execution_date",
    "next_execution_date",
    "prev_execution_date",
    "prev_execution_date_success",
    "next_ds",
    "next_ds_nodash",
    "prev_ds",
    "prev_ds_nodash",
    "yesterday_ds",
    "yesterday_ds_nodash",
    "tomorrow_ds",
    "tomorrow_ds_nodash",
]

_DAY = timedelta(days=1)


def named_dates(context: Mapping[str, Any]) -> dict[str, Any]:
    """The names of Airflow 2; of a run that was asked for without a date, the moment at which it was."""
    run = context.get("dag_run")
    at = context.get("logical_date") or getattr(run, "run_after", None)
    if at is None:
        return {}
    start = context.get("data_interval_start") or at
    end = context.get("data_interval_end") or at
    before = at - (end - start)
    success = context.get("prev_data_interval_start_success")
    return {
        "execution_date": at,
        "next_execution_date": end,
        "prev_execution_date": before,
        "prev_execution_date_success": success,
        **_days("next", end),
        **_days("prev", before),
        **_days("yesterday", at - _DAY),
        **_days("tomorrow", at + _DAY),
    }


def _days(name: str, moment: datetime) -> dict[str, str]:
    return {f"{name}_ds": f"{moment:%Y-%m-%d}", f"{name}_ds_nodash": f"{moment:%Y%m%d}"}


def dates_of_a_dateless_run(context: Mapping[str, Any]) -> dict[str, Any]:
    """`ds`, `ts` and their relatives, which Airflow 2 gave to every run."""
    at = getattr(context.get("dag_run"), "run_after", None)
    if context.get("logical_date") is not None or at is None:
        return {}
    return {
        "logical_date": at,
        "data_interval_start": at,
        "data_interval_end": at,
        "ds": f"{at:%Y-%m-%d}",
        "ds_nodash": f"{at:%Y%m%d}",
        "ts": at.isoformat(),
        "ts_nodash": f"{at:%Y%m%dT%H%M%S}",
        "ts_nodash_with_tz": at.isoformat().replace("-", "").replace(":", ""),
    }
