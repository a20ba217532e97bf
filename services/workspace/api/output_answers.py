"""The answer of `runs/get-output`: exit value, logs, error."""

from typing import Any

from services.workspace.api.run_answers import shown_error
from services.workspace.runs.store.attempt_files import read_output
from services.workspace.runs.store.run_record import Attempt, Run
from services.workspace.runs.store.run_store import RunStore

_LIMIT_BYTES = 5 * 1024 * 1024


def output_answer(run: Run, attempt: Attempt, store: RunStore) -> dict[str, Any]:
    """The first 5 MB of a notebook's exit value, the last 5 MB of a Python file's logs, the error."""
    output = read_output(store.folder(attempt.run_id))
    answer: dict[str, Any] = {}
    if run.spec.task(attempt.task_key).notebook_task:
        answer["notebook_output"] = _exit_value(output.exit_value)
    else:
        logs = output.logs.encode()
        answer["logs"] = logs[-_LIMIT_BYTES:].decode(errors="ignore")
        answer["logs_truncated"] = len(logs) > _LIMIT_BYTES
    if error := shown_error(attempt.state, output.error):
        answer["error"] = error
    if output.trace:
        answer["error_trace"] = output.trace
    return answer


def _exit_value(value: str | None) -> dict[str, Any]:
    """Without `result` when the notebook never called `exit`."""
    if value is None:
        return {"truncated": False}
    encoded = value.encode()
    text = encoded[:_LIMIT_BYTES].decode(errors="ignore")
    return {"result": text, "truncated": len(encoded) > _LIMIT_BYTES}
