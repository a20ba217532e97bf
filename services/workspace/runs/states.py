"""The states of runs and of attempts at tasks, in Databricks' words, and what leads to each of them."""

from collections.abc import Sequence
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class LifeCycle(StrEnum):
    """Where a run is. The provider for Airflow refuses any other word."""

    QUEUED = "QUEUED"
    PENDING = "PENDING"
    BLOCKED = "BLOCKED"
    """Waits for the tasks that it depends on."""
    RUNNING = "RUNNING"
    WAITING_FOR_RETRY = "WAITING_FOR_RETRY"
    TERMINATING = "TERMINATING"
    TERMINATED = "TERMINATED"
    SKIPPED = "SKIPPED"
    INTERNAL_ERROR = "INTERNAL_ERROR"


_TERMINAL = {LifeCycle.TERMINATED, LifeCycle.SKIPPED, LifeCycle.INTERNAL_ERROR}


class Result(StrEnum):
    """How a run ended."""

    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    TIMEDOUT = "TIMEDOUT"
    CANCELED = "CANCELED"
    EXCLUDED = "EXCLUDED"
    UPSTREAM_FAILED = "UPSTREAM_FAILED"
    UPSTREAM_CANCELED = "UPSTREAM_CANCELED"
    SUCCESS_WITH_FAILURES = "SUCCESS_WITH_FAILURES"
    MAXIMUM_CONCURRENT_RUNS_REACHED = "MAXIMUM_CONCURRENT_RUNS_REACHED"


class RunState(BaseModel):
    """A state at one moment.

    Attributes:
        life_cycle: Where the run is.
        result: How it ended; None before its end.
        message: One line for people, often shown by Airflow; empty after success.
        code: Databricks' termination code; empty before the end.
    """

    model_config = ConfigDict(frozen=True)

    life_cycle: LifeCycle
    result: Result | None = None
    message: str = ""
    code: str = ""

    @property
    def terminal(self) -> bool:
        """Whether it is an end, unless a repair follows."""
        return self.life_cycle in _TERMINAL

    @property
    def good(self) -> bool:
        """Whether nothing went wrong: done, or left out on purpose."""
        return self.result in {Result.SUCCESS, Result.EXCLUDED}


def unfinished(life_cycle: LifeCycle, message: str = "") -> RunState:
    """A state before the end."""
    return RunState(life_cycle=life_cycle, message=message)


def succeeded(message: str = "") -> RunState:
    """All went well, or a notebook called `exit`."""
    return _terminated(Result.SUCCESS, message, "SUCCESS")


def partly_succeeded(message: str) -> RunState:
    """The last tasks went well, another did not."""
    return _terminated(Result.SUCCESS_WITH_FAILURES, message, "SUCCESS_WITH_FAILURES")


def failed(message: str) -> RunState:
    """The user's code failed."""
    return _terminated(Result.FAILED, message, "RUN_EXECUTION_ERROR")


def timed_out(message: str) -> RunState:
    """A limit of the user's own was over."""
    return _terminated(Result.TIMEDOUT, message, "CANCELED")


def cancelled(message: str) -> RunState:
    """Somebody asked for its end."""
    return _terminated(Result.CANCELED, message, "USER_CANCELED")


def upstream_failed(keys: Sequence[str]) -> RunState:
    """A task that it depends on failed."""
    return _terminated(Result.UPSTREAM_FAILED, f"upstream failed: {', '.join(keys)}", "SKIPPED")


def upstream_cancelled(keys: Sequence[str]) -> RunState:
    """A task that it depends on was cancelled."""
    return _terminated(
        Result.UPSTREAM_CANCELED, f"upstream cancelled: {', '.join(keys)}", "SKIPPED"
    )


def excluded(condition: str) -> RunState:
    """Its `run_if` was not met."""
    return _terminated(Result.EXCLUDED, f"the condition {condition} was not met", "SKIPPED")


def not_found(message: str) -> RunState:
    """There is no such notebook or file, or several."""
    return _failed_internally(message, "RESOURCE_NOT_FOUND")


def internal_error(message: str) -> RunState:
    """The kernel, Spark or the workspace itself died."""
    return _failed_internally(message, "INTERNAL_ERROR")


def too_many(limit: int) -> RunState:
    """The job allows no more runs at the same time, and has no queue."""
    return RunState(
        life_cycle=LifeCycle.SKIPPED,
        result=Result.MAXIMUM_CONCURRENT_RUNS_REACHED,
        message=f"the job's max_concurrent_runs of {limit} was reached, and queue.enabled is not set",
        code="MAX_CONCURRENT_RUNS_EXCEEDED",
    )


def _terminated(result: Result, message: str, code: str) -> RunState:
    return RunState(life_cycle=LifeCycle.TERMINATED, result=result, message=message, code=code)


def _failed_internally(message: str, code: str) -> RunState:
    return RunState(
        life_cycle=LifeCycle.INTERNAL_ERROR, result=Result.FAILED, message=message, code=code
    )
