"""`dbutils.notebook.run`: another notebook as a run of its own, submitted to the Jobs API and awaited."""

import time
from collections.abc import Mapping
from typing import Any

import requests

from services.settings import Settings
from services.workspace.kernel.process.run_context import RunContext

_API = "/api/2.2/jobs"
_POLL_INTERVAL = 0.25
"""Seconds from one poll of the run to the next."""
_REQUEST_TIMEOUT = 60.0
_RECONNECT_TIMEOUT = 30.0
"""Seconds in which the workspace may restart without the parent's taking notice."""

_TERMINAL_STATES = {"TERMINATED", "SKIPPED", "INTERNAL_ERROR"}


class WorkflowError(Exception):
    """The child failed, was cancelled, took too long, or could not be run at all."""


class ChildRun:
    def __init__(self, settings: Settings, context: RunContext, path: str) -> None:
        self._settings = settings
        self._context = context
        self._path = path

    def result(self, timeout_seconds: int, arguments: Mapping[str, object]) -> str | None:
        """Submit it, wait, and return its exit value; it is cancelled when this notebook is interrupted.

        Raises:
            WorkflowError: it did not succeed.
        """
        run_id = self._call("POST", "/runs/submit", self._request(timeout_seconds, arguments))[
            "run_id"
        ]
        try:
            run = self._wait(run_id)
        except BaseException:
            self._call("POST", "/runs/cancel", {"run_id": run_id})
            raise
        return self._outcome(run)

    def _request(self, timeout_seconds: int, arguments: Mapping[str, object]) -> dict[str, Any]:
        texts = {str(name): str(value) for name, value in arguments.items()}
        parent = self._context.run_id
        return {
            "run_name": self._path.rpartition("/")[2],
            "run_type": "WORKFLOW_RUN",
            "existing_cluster_id": self._context.cluster_id,
            "timeout_seconds": timeout_seconds,
            "notebook_task": {"notebook_path": self._path, "base_parameters": texts},
            **({"parent_run_id": parent} if parent is not None else {}),
        }

    def _wait(self, run_id: int) -> dict[str, Any]:
        while True:
            run = self._call("GET", "/runs/get", {"run_id": run_id})
            if run["state"]["life_cycle_state"] in _TERMINAL_STATES:
                return run
            time.sleep(_POLL_INTERVAL)

    def _outcome(self, run: dict[str, Any]) -> str | None:
        state = run["state"]
        task = run.get("tasks", [run])[-1]
        output = self._call("GET", "/runs/get-output", {"run_id": task["run_id"]})
        if state.get("result_state") == "SUCCESS":
            result: str | None = output.get("notebook_output", {}).get("result")
            return result
        why = output.get("error") or state.get("state_message") or "no reason was given"
        outcome = state.get("result_state", state["life_cycle_state"])
        page = run.get("run_page_url", f"run {run['run_id']}")
        raise WorkflowError(f"{self._path} ended with {outcome}: {why}\nSee {page}")

    def _call(self, method: str, path: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """One call; a workspace that does not answer is asked again for a while, but never twice to submit."""
        deadline = time.monotonic() + _RECONNECT_TIMEOUT
        while True:
            try:
                return self._answer(method, path, values)
            except requests.ConnectionError:
                if method == "POST" or time.monotonic() > deadline:
                    url = self._settings.workspace_url
                    raise WorkflowError(
                        f"{self._path} cannot be run: the workspace does not answer at {url}. "
                        "Start the stack with `make up`."
                    ) from None
                time.sleep(_POLL_INTERVAL)

    def _answer(self, method: str, path: str, values: Mapping[str, Any]) -> dict[str, Any]:
        token = self._settings.workspace_token.get_secret_value()
        response = requests.request(
            method,
            f"{self._settings.workspace_url}{_API}{path}",
            headers={"Authorization": f"Bearer {token}"},
            timeout=_REQUEST_TIMEOUT,
            params=values if method == "GET" else None,
            json=values if method == "POST" else None,
        )
        answer: dict[str, Any] = response.json()
        if not response.ok:
            raise WorkflowError(f"{self._path} cannot be run: {answer.get('message', answer)}")
        return answer
