import asyncio
import json
import re
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from services.settings import Settings
from services.workspace.notebooks.jupyter_copy import as_node, to_nbformat
from services.workspace.notebooks.notebook import Cell, Notebook
from services.workspace.pages.routes import routes
from services.workspace.runs import states
from services.workspace.runs.definition.spec import NotebookTask, PythonTask, RunSpec, TaskSpec
from services.workspace.runs.store.attempt_files import write_output, write_position
from services.workspace.runs.store.run_record import Attempt, AttemptOutput, Run, RunType
from services.workspace.runs.store.run_store import RunStore

_HOSTILE = "<script>alert('x')</script>"


class Browser:
    """Asks an application for pages."""

    def __init__(self, app: Starlette) -> None:
        self._transport = httpx.ASGITransport(app)

    def get(self, address: str) -> httpx.Response:
        """Look at a page."""
        return self.request("GET", address)

    def request(self, method: str, address: str) -> httpx.Response:
        """Ask in any way."""
        return asyncio.run(self._request(method, address))

    async def _request(self, method: str, address: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=self._transport, base_url="http://x") as client:
            return await client.request(method, address)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A workspace of its own."""
    return Settings(state_dir=tmp_path)


@pytest.fixture
def store(settings: Settings) -> RunStore:
    """A store without runs."""
    return RunStore(settings.workspace_state)


@pytest.fixture
def browser(store: RunStore, settings: Settings) -> Browser:
    """Asks for pages."""
    return Browser(Starlette(routes=routes(store, settings)))


def _save(store: RunStore, run_id: int, state: states.RunState, name: str = "daily") -> Attempt:
    """A run of a notebook with one attempt, whose id is the run's and one more."""
    task = TaskSpec(task_key=name, notebook_task=NotebookTask(notebook_path=f"/{name}"))
    attempt = Attempt(
        run_id=run_id + 1,
        task_key=name,
        state=state,
        created=1_800_000_000_000,
        began=1_800_000_000_000,
        ended=1_800_000_002_500 if state.terminal else 0,
        parameters={"uid": _HOSTILE},
    )
    run = Run(
        run_id=run_id,
        job_id=3,
        name=name,
        run_type=RunType.SUBMIT_RUN,
        spec=RunSpec(tasks=[task]),
        state=state,
        created=attempt.created,
        began=attempt.began,
        ended=attempt.ended,
        attempts=[attempt],
    )
    store.save(run)
    return attempt


def test_the_first_page_lists_runs_and_what_became_of_them(
    browser: Browser, store: RunStore
) -> None:
    """The newest first, with their messages, names being text and nothing else."""
    _save(store, 1, states.failed(f"ValueError: {_HOSTILE}"), name=f"n{_HOSTILE}")
    _save(store, 5, states.succeeded())

    page = browser.get("/").text

    assert page.index("/runs/5") < page.index("/runs/1")
    assert "ValueError: &lt;script&gt;" in page
    assert "<script" not in page
    assert "2.5 s" in page


def test_runs_are_listed_by_pages(browser: Browser, store: RunStore) -> None:
    """Fifty at a time."""
    for number in range(60):
        _save(store, 2 * number + 1, states.succeeded())

    first, second = browser.get("/").text, browser.get("/?skip=50").text

    assert ("/?skip=50" in first, "/?skip=100" in second, "/?skip=0" in second) == (
        True,
        False,
        True,
    )
    assert len(re.findall(r'class="badge', first + second)) == 60
    assert browser.get("/?skip=x").status_code == 200


def test_a_page_renews_itself_only_while_something_runs(browser: Browser, store: RunStore) -> None:
    """A finished run does not change."""
    attempt = _save(store, 1, states.unfinished(states.LifeCycle.RUNNING))
    write_position(store.folder(attempt.run_id), "cell 3 of 12")

    assert 'http-equiv="refresh"' in browser.get("/runs/1").text
    assert "cell 3 of 12" in browser.get("/runs/1").text

    _save(store, 1, states.succeeded())

    assert 'http-equiv="refresh"' not in browser.get("/runs/1").text


def test_a_failed_run_shows_its_error_and_parameters(browser: Browser, store: RunStore) -> None:
    """By its own id and by its attempt's, which is where Airflow's link leads."""
    attempt = _save(store, 1, states.failed("E"))
    write_output(
        store.folder(attempt.run_id),
        AttemptOutput(error=f"E at {_HOSTILE}", trace="the whole", logs=""),
    )

    for address in ("/runs/1", "/runs/2"):
        page = browser.get(address).text
        assert "E at &lt;script&gt;" in page
        assert "the whole" in page
        assert "<script" not in page


def test_what_a_notebook_shows_runs_in_an_origin_of_its_own(
    browser: Browser, store: RunStore
) -> None:
    """It can read nothing, load nothing and call nobody; our own page frames it."""
    attempt = _save(store, 1, states.succeeded())
    cells = [Cell("markdown", "# Pins"), Cell("code", "x = 1")]
    notebook = to_nbformat(Notebook("/n", Path("n.py"), "python", cells))
    data = {"output_type": "display_data", "data": {"text/html": _HOSTILE}, "metadata": {}}
    notebook.cells[1].outputs = [as_node(data)]
    (store.folder(attempt.run_id) / "executed.ipynb").write_text(json.dumps(notebook))

    frame, content = browser.get("/runs/1/notebook"), browser.get("/runs/2/notebook/content")

    assert 'src="/runs/2/notebook/content"' in frame.text
    assert "<script" not in frame.text
    assert _HOSTILE in content.text
    policy = content.headers["content-security-policy"]
    assert policy.startswith("sandbox ")
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert not re.search(r'(src|href)="https?:', content.text)


def test_the_executed_notebook_and_the_log_can_be_taken_away(
    browser: Browser, store: RunStore
) -> None:
    """As files that no browser takes for a page."""
    attempt = _save(store, 1, states.succeeded())
    folder = store.folder(attempt.run_id)
    (folder / "executed.ipynb").write_text("{}")
    (folder / "output.log").write_text(_HOSTILE)

    copy, log = browser.get("/runs/1/executed.ipynb"), browser.get("/runs/1/log")

    assert "attachment" in copy.headers["content-disposition"]
    assert log.text == _HOSTILE
    assert log.headers["content-type"].startswith("text/plain")
    assert log.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "address",
    [
        "/runs/9",
        f"/runs/{'9' * 5000}",
        "/runs/²",
        "/runs/9/notebook",
        "/runs/1/notebook/content",
        "/runs/1/log",
    ],
)
def test_what_is_not_there_gets_a_page_that_says_so(
    browser: Browser, store: RunStore, address: str
) -> None:
    """With status 404."""
    _save(store, 1, states.succeeded())

    answer = browser.get(address)

    assert answer.status_code == 404
    assert "Run " in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_changed_through_the_pages(
    browser: Browser, store: RunStore, method: str
) -> None:
    """They need no token, so they only show."""
    _save(store, 1, states.unfinished(states.LifeCycle.RUNNING))

    assert browser.request(method, "/runs/1").status_code == 405


def test_a_python_task_shows_its_file_and_arguments(browser: Browser, store: RunStore) -> None:
    """And a run without any attempt shows that it has none."""
    attempt = _save(store, 1, states.succeeded(), name="job")
    attempt.arguments = ["a", _HOSTILE]
    task = TaskSpec(task_key="job", spark_python_task=PythonTask(python_file="dbfs:/x.py"))
    run = store.get(1).model_copy(update={"spec": RunSpec(tasks=[task]), "attempts": [attempt]})
    store.save(run)

    assert "dbfs:/x.py" in browser.get("/runs/1").text

    store.save(run.model_copy(update={"attempts": []}))

    assert browser.get("/runs/1").status_code == 200
    assert browser.get("/runs/1/notebook").status_code == 404
