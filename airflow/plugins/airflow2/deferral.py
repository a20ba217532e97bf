"""Tasks that defer where no triggerer runs: they wait for their trigger in their own process."""

import asyncio
import logging
from datetime import timedelta
from typing import Any

from airflow2.patching import Function, wrap

log = logging.getLogger(__name__)


def install() -> None:
    """A task that would go to the triggerer waits where it is."""
    from airflow.sdk.execution_time import task_runner

    wrap(task_runner, "_run_execute_callable", _waiting)


async def first_event(trigger: Any) -> Any:
    """What the trigger says first.

    Raises:
        RuntimeError: It ended without a word.
    """
    try:
        async for event in trigger.run():
            return event.payload
    finally:
        await trigger.cleanup()
    raise RuntimeError(f"The trigger {type(trigger).__name__} ended without an event")


async def _within(trigger: Any, limit: timedelta | None) -> Any:
    async with asyncio.timeout(limit.total_seconds() if limit else None):
        return await first_event(trigger)


def resumption(deferred: Any) -> dict[str, Any]:
    """The arguments with which the task goes on, once the trigger has spoken or its time is up."""
    from airflow.sdk.bases.operator import TRIGGER_FAIL_REPR

    try:
        event = asyncio.run(_within(deferred.trigger, deferred.timeout))
    except TimeoutError:
        failure = {"error": "Trigger timeout"}
        return {"next_method": TRIGGER_FAIL_REPR, "next_kwargs": failure}
    kwargs = {**(deferred.kwargs or {}), "event": event}
    return {"next_method": deferred.method_name, "next_kwargs": kwargs}


def _waiting(original: Function) -> Function:
    def _run_execute_callable(context: Any, execute: Any, task: Any) -> Any:
        from airflow.sdk.exceptions import TaskDeferred

        while True:
            try:
                return original(context, execute, task)
            except TaskDeferred as deferred:
                log.warning(
                    "This task waits in its own process, since no triggerer runs: AIRFLOW_TRIGGERER=true "
                    "in .env and `make up` start one"
                )
                resumed = resumption(deferred)

            def execute(context: Any, resumed: dict[str, Any] = resumed) -> Any:
                return task.resume_execution(context=context, **resumed)

    return _run_execute_callable
