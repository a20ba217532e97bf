"""A workspace as a process of its own, and calls of its API."""

import contextlib
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import requests

from services.settings import HOST, PROJECT_ROOT
from tests.support.polling import eventually


class WorkspaceProcess:
    """The process, and its API at a port."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, token: str) -> None:
        self.process, self.port, self._token = process, port, token

    def call(self, method: str, call: str, **fields: Any) -> dict[str, Any]:
        """Call the API, and expect success."""
        response = requests.request(
            method,
            f"http://{HOST}:{self.port}/api/2.2/{call}",
            json=fields,
            headers={"Authorization": f"Bearer {self._token}"},
            timeout=60,
        )
        answer: dict[str, Any] = response.json()
        assert response.ok, answer
        return answer

    def submit(self, path: str) -> int:
        """Submit a run of one notebook; return its id."""
        cluster = {"existing_cluster_id": "1121-000000-pincloud"}
        task = {"notebook_path": path}
        answer = self.call("POST", "jobs/runs/submit", notebook_task=task, **cluster)
        return int(answer["run_id"])

    def run(self, run_id: int) -> dict[str, Any]:
        """A run."""
        return self.call("GET", "jobs/runs/get", run_id=run_id)

    def ended(self, run_id: int, within: float = 120) -> dict[str, Any]:
        """The state of a run, once it has ended."""

        def over() -> bool:
            return "result_state" in self.run(run_id)["state"]

        eventually(f"run {run_id} to end", over, within)
        state: dict[str, Any] = self.run(run_id)["state"]
        return state

    def end(self, number: signal.Signals) -> int:
        """Send a signal; return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(30)

    @property
    def answers(self) -> bool:
        """Whether the port answers."""
        try:
            return requests.get(f"http://{HOST}:{self.port}/health", timeout=5).ok
        except requests.ConnectionError:
            return False


@contextlib.contextmanager
def served(
    command: Sequence[str], port: int, token: str, environment: Mapping[str, str] | None = None
) -> Iterator[WorkspaceProcess]:
    """Start a workspace; the block begins once it answers, or has ended by itself."""
    with subprocess.Popen(
        command, cwd=PROJECT_ROOT, env=environment, stderr=subprocess.PIPE
    ) as process:
        running = WorkspaceProcess(process, port, token)
        try:
            eventually("an answer or an end", lambda: running.answers or process.poll() is not None)
            yield running
        finally:
            process.kill()
