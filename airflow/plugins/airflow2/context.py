"""A task's context with the names of Airflow 2: for callables, templates, files and `get_current_context`."""

from typing import Any

from airflow2.dates import NAMES, dates_of_a_dateless_run, named_dates
from airflow2.patching import Function, wrap


def install() -> None:
    """Every task's context has the old names, and decorated tasks may have them as arguments."""
    from airflow.sdk.definitions.context import KNOWN_CONTEXT_KEYS
    from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance

    KNOWN_CONTEXT_KEYS.update({*NAMES, "conf"})
    wrap(RuntimeTaskInstance, "get_template_context", _with_names)


def _with_names(original: Function) -> Function:
    def get_template_context(self: Any) -> Any:
        from airflow.configuration import conf

        context = original(self)
        context.update(dates_of_a_dateless_run(context))
        for name, value in {**named_dates(context), "conf": conf, "test_mode": False}.items():
            context.setdefault(name, value)
        return context

    return get_template_context
