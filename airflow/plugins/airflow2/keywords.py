"""Keyword arguments under their names in Airflow 3, and what is said of those that are gone."""

from collections.abc import Mapping
from typing import Any

RENAMED = {
    "schedule_interval": "schedule",
    "timetable": "schedule",
    "concurrency": "max_active_tasks",
    "max_active_tasks_per_dag": "max_active_tasks",
    "fail_stop": "fail_fast",
}
"""Of a DAG."""

IGNORED = {
    "default_view": "",
    "orientation": "",
    "full_filepath": "",
    "is_subdag": "",
    "parent_dag": "",
    "sla_miss_callback": "Airflow 3 has no SLAs: nobody is told of a run that is late",
}
"""Of a DAG."""

OPERATOR_RENAMED = {
    "task_concurrency": "max_active_tis_per_dag",
}

OPERATOR_IGNORED = {
    "provide_context": "",
    "sla": "Airflow 3 has no SLAs: nobody is told of a task that is late",
}

POSITIONS = ("dag_id", "description", "schedule", "start_date", "end_date")
"""A DAG's first arguments in Airflow 1 and early 2, which let them stand without names."""


def changed(
    given: Mapping[str, Any], renamed: Mapping[str, str], ignored: Mapping[str, str]
) -> tuple[dict[str, Any], list[str]]:
    """The arguments for Airflow 3, and a sentence for each that says what became of it.

    A name of Airflow 3 that is given as well counts; the old one is left out, as is one that is None.
    """
    kept = {k: v for k, v in given.items() if k not in renamed and k not in ignored}
    said = [f"{name} is left out. {ignored[name]}".strip() for name in given if name in ignored]
    for old in (name for name in given if name in renamed):
        if renamed[old] not in kept and (given[old] is not None or old == "schedule_interval"):
            kept[renamed[old]] = given[old]
            said.append(f"{old} is {renamed[old]}")
    return kept, said
