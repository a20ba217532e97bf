"""A state, in the old words (`state`) and in the new ones (`status`)."""

from typing import Any

from services.workspace.runs.states import LifeCycle, Result, RunState

_NEW_WORDS = {
    LifeCycle.INTERNAL_ERROR: "TERMINATED",
    LifeCycle.SKIPPED: "TERMINATED",
    LifeCycle.WAITING_FOR_RETRY: "WAITING",
}

_TYPES = {
    "SUCCESS": "SUCCESS",
    "SUCCESS_WITH_FAILURES": "SUCCESS",
    "INTERNAL_ERROR": "INTERNAL_ERROR",
}
"""Types of termination codes; the others are the client's own doing."""


def state_answers(state: RunState) -> dict[str, Any]:
    """Both, as fields of a run."""
    return {"state": _old(state), "status": _new(state)}


def _old(state: RunState) -> dict[str, Any]:
    answer = {
        "life_cycle_state": state.life_cycle.value,
        "state_message": state.message,
        "user_cancelled_or_timedout": state.result in {Result.CANCELED, Result.TIMEDOUT},
    }
    if state.result:
        answer["result_state"] = state.result.value
    if state.life_cycle is LifeCycle.QUEUED:
        answer["queue_reason"] = state.message
    return answer


def _new(state: RunState) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "state": _NEW_WORDS.get(state.life_cycle, state.life_cycle.value),
    }
    if state.terminal:
        answer["termination_details"] = {
            "code": state.code,
            "type": _TYPES.get(state.code, "CLIENT_ERROR"),
            "message": state.message,
        }
    if state.life_cycle is LifeCycle.QUEUED:
        answer["queue_details"] = {
            "code": "MAX_CONCURRENT_RUNS_REACHED",
            "message": state.message,
        }
    return answer
