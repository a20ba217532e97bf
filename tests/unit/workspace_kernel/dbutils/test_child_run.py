import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from services.settings import HOST, Settings
from services.workspace.kernel.dbutils import child_run
from services.workspace.kernel.dbutils.child_run import ChildRun, WorkflowError
from services.workspace.kernel.dbutils.notebook_utils import NotebookUtils
from services.workspace.kernel.process.notebook_chain import NotebookChain
from services.workspace.kernel.process.run_context import RunContext

RUNNING = {"state": {"life_cycle_state": "RUNNING"}}


class FakeWorkspace:
    """Answers with what the test put in, by the call's last word; remembers what it was sent."""

    def __init__(self) -> None:
        self.runs: list[dict[str, Any]] = []
        self.output: dict[str, Any] = {}
        self.refusal: dict[str, Any] | None = None
        self.sent: list[tuple[str, Any]] = []

    def answer(self, path: str, body: Any) -> tuple[int, dict[str, Any]]:
        """Status and JSON."""
        call = path.partition("?")[0].rpartition("/")[2]
        self.sent.append((call, body or path.partition("?")[2]))
        if self.refusal:
            return 400, self.refusal
        if call == "get":
            return 200, self.runs.pop(0) if self.runs[1:] else self.runs[0]
        return 200, {"submit": {"run_id": 7}, "get-output": self.output, "cancel": {}}[call]


@pytest.fixture
def workspace() -> Iterator[FakeWorkspace]:
    """Served on a port of its own, which it keeps as `port`."""
    fake = FakeWorkspace()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            assert self.headers["Authorization"] == "Bearer dapi"
            status, answer = fake.answer(self.path, json.loads(body) if body else None)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        do_POST = do_GET

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer((HOST, 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    fake.port = server.server_port  # type: ignore[attr-defined]
    yield fake
    server.shutdown()
    server.server_close()


@pytest.fixture
def run(workspace: FakeWorkspace, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str | None]:
    """`dbutils.notebook.run` of a notebook `/user/a/parent` that is part of run 3."""
    monkeypatch.setattr(child_run, "_POLL_INTERVAL", 0.01)
    settings = Settings(workspace_url=f"http://{HOST}:{workspace.port}", workspace_token="dapi")  # type: ignore[attr-defined, arg-type]
    context = RunContext(run_id=4, parent_run_id=3, cluster_id="1-2-x")
    return NotebookUtils(settings, context, NotebookChain("/user/a/parent")).run


def _ended(result: str) -> dict[str, Any]:
    state = {"life_cycle_state": "TERMINATED", "result_state": result, "state_message": "why"}
    return {"run_id": 7, "run_page_url": "http://page", "state": state, "tasks": [{"run_id": 8}]}


def test_the_childs_exit_value_is_returned(
    workspace: FakeWorkspace, run: Callable[..., str | None]
) -> None:
    """It was a run of its own, with arguments as texts, known as this run's child."""
    workspace.runs = [RUNNING, RUNNING, _ended("SUCCESS")]
    workspace.output = {"notebook_output": {"result": "ok"}}
    assert run("../b/child", 60, {"n": 1}) == "ok"
    assert workspace.sent[0] == (
        "submit",
        {
            "run_name": "child",
            "run_type": "WORKFLOW_RUN",
            "existing_cluster_id": "1-2-x",
            "timeout_seconds": 60,
            "notebook_task": {"notebook_path": "/user/b/child", "base_parameters": {"n": "1"}},
            "parent_run_id": 4,
        },
    )
    assert workspace.sent[-1] == ("get-output", "run_id=8")


def test_a_child_without_an_exit_returns_nothing(
    workspace: FakeWorkspace, run: Callable[..., str | None]
) -> None:
    """Which is no failure."""
    workspace.runs = [_ended("SUCCESS")]
    workspace.output = {"notebook_output": {}}
    assert run("/x") is None


@pytest.mark.parametrize(
    ("output", "why"), [({"error": "KeyError: 'x'"}, "KeyError: 'x'"), ({}, "why")]
)
def test_a_failed_childs_error_is_the_parents(
    workspace: FakeWorkspace, run: Callable[..., str | None], output: dict[str, Any], why: str
) -> None:
    """Else what the state says, and the page where the rest can be read."""
    workspace.runs, workspace.output = [_ended("FAILED")], output
    with pytest.raises(WorkflowError) as caught:
        run("/x", 0)
    assert str(caught.value) == f"/x ended with FAILED: {why}\nSee http://page"


def test_an_interrupted_parent_cancels_its_child(
    workspace: FakeWorkspace, run: Callable[..., str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And goes on with its own interruption."""

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    workspace.runs = [RUNNING]
    monkeypatch.setattr("services.workspace.kernel.dbutils.child_run.time.sleep", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run("/x", 0)
    assert workspace.sent[-1] == ("cancel", {"run_id": 7})


def test_a_refused_child_says_why(workspace: FakeWorkspace, run: Callable[..., str | None]) -> None:
    """In the workspace's own words."""
    workspace.refusal = {"error_code": "INVALID_PARAMETER_VALUE", "message": "no such cluster"}
    with pytest.raises(WorkflowError, match="/x cannot be run: no such cluster"):
        run("/x")


def test_without_a_workspace_the_child_cannot_run() -> None:
    """A submit is never sent twice."""
    settings = Settings(workspace_url=f"http://{HOST}:1")
    with pytest.raises(WorkflowError, match=r"does not answer at http.*make up"):
        ChildRun(settings, RunContext(), "/x").result(0, {})
