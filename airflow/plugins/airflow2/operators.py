"""Operators that are given arguments by their names in Airflow 2, in the call or in `default_args`."""

import logging
from typing import Any

from airflow2 import trigger_rules
from airflow2.keywords import OPERATOR_IGNORED, OPERATOR_RENAMED, changed
from airflow2.patching import Function, wrap

log = logging.getLogger(__name__)


def install(*, triggerer: bool) -> None:
    """Every operator takes what it took; without a triggerer none begins there."""
    from airflow.sdk import BaseOperator
    from airflow.sdk.bases import operator

    wrap(BaseOperator, "__init__", _here if not triggerer else _renaming)
    wrap(operator, "get_merged_defaults", _renaming_defaults)


def for_airflow_3(given: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """An operator's arguments for Airflow 3, and what became of which."""
    kept, said = changed(given, OPERATOR_RENAMED, OPERATOR_IGNORED)
    if (rule := kept.get("trigger_rule")) is not None:
        kept["trigger_rule"] = trigger_rules.named(rule)
    return kept, said


def _renaming(original: Function) -> Function:
    def __init__(self: Any, *values: Any, **given: Any) -> Any:
        kept, said = for_airflow_3(given)
        for sentence in said:
            log.warning("task %s: %s", given.get("task_id"), sentence)
        return original(self, *values, **kept)

    return __init__


def _here(original: Function) -> Function:
    renaming = _renaming(original)

    def __init__(self: Any, *values: Any, **given: Any) -> Any:
        made = renaming(self, *values, **given)
        self.start_from_trigger = False
        return made

    return __init__


def _renaming_defaults(original: Function) -> Function:
    def get_merged_defaults(*values: Any, **given: Any) -> Any:
        defaults, params = original(*values, **given)
        return for_airflow_3(defaults)[0], params

    return get_merged_defaults
