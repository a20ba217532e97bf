"""DAGs that are given arguments by their names in Airflow 2, however these reach the call."""

import logging
from typing import Any

from airflow2.keywords import IGNORED, POSITIONS, RENAMED, changed
from airflow2.patching import Function, wrap

log = logging.getLogger(__name__)


def install() -> None:
    """`DAG(id, **settings)` takes what it took."""
    from airflow.sdk import DAG

    wrap(DAG, "__init__", _renaming)


def _renaming(original: Function) -> Function:
    def __init__(self: Any, *values: Any, **given: Any) -> None:
        named = {**dict(zip(POSITIONS, values, strict=False)), **given}
        kept, said = changed(named, RENAMED, IGNORED)
        for sentence in said:
            log.warning("DAG %s: %s", kept.get("dag_id"), sentence)
        dag_id = kept.pop("dag_id")
        original(self, dag_id, *values[len(POSITIONS) :], **kept)

    return __init__
