"""`make dag-run`: begin, follow, tell how it ended."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from rich.console import Console

from services.airflow import follow
from services.airflow.cli import main
from services.airflow.client import AirflowClient
from services.airflow.dag_run import run
from services.airflow.errors import AirflowError
from services.airflow.models import Dag
from services.airflow.rest import AirflowRest
from services.airflow.task_errors import error_lines
from services.settings import Settings
from tests.unit.airflow.fake_airflow import Answer, FakeAirflow, Request, dag

ON = Dag.read(dag("d"))
NOT_DUE = Dag.read(dag("d", is_paused=True, next_dagrun_run_after="2099-01-01T00:00:00Z"))
DUE = Dag.read(dag("d", is_paused=True, next_dagrun_run_after="2020-01-01T00:00:00Z"))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look often, so that the tests are short."""
    monkeypatch.setattr(follow, "_POLL_SECONDS", 0.01)


def task(task_id: str, state: str | None, attempt: int = 1) -> dict[str, object]:
    """One row of Airflow's answer."""
    return {
        "task_id": task_id, "state": state, "try_number": attempt, "duration": 1.5, "map_index": -1,
    }  # fmt: skip


def serve(fake: FakeAirflow, moments: list[tuple[str, list[dict[str, object]]]]) -> None:
    """Let a run of `d` go through these moments: its state and its tasks; the last one stays."""
    now: Iterator[tuple[str, list[dict[str, object]]]] = iter(moments)
    moment = moments[0]

    def run_state(_: Request) -> Answer:
        nonlocal moment
        moment = next(now, moment)
        return 200, {"dag_run_id": "r", "state": moment[0]}

    fake.answers |= {
        "GET /dags/d/tasks": (200, {"tasks": [
            {"task_id": "a", "downstream_task_ids": ["b"]},
            {"task_id": "b", "downstream_task_ids": []},
        ]}),
        "POST /dags/d/dagRuns": (200, {"dag_run_id": "r", "state": "queued"}),
        "GET /dags/d/dagRuns/r": run_state,
        "GET /dags/d/dagRuns/r/taskInstances": lambda _: (
            200, {"task_instances": moment[1], "total_entries": len(moment[1])},
        ),
    }  # fmt: skip


def begin(settings: Settings, console: Console, **conf: Any) -> bool:
    """Run `d`."""
    return run(AirflowClient(AirflowRest(settings)), ON, conf, timeout=20, console=console)


def said(console: Console) -> str:
    """All that was printed."""
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def posted(fake: FakeAirflow) -> list[tuple[str, Any]]:
    """What was asked for, without what was only looked at."""
    return [(r.method, r.body) for r in fake.requests if r.method != "GET"]


def test_a_run_is_followed_to_its_success(
    fake: FakeAirflow, settings: Settings, console: Console
) -> None:
    """Each change is told once, in the order of the tasks, with the try when it is not the first."""
    serve(fake, [
        ("running", [task("b", None, 0), task("a", "running")]),
        ("running", [task("b", None, 0), task("a", "up_for_retry")]),
        ("running", [task("b", None, 0), task("a", "running", 2)]),
        ("success", [task("b", "success"), task("a", "success", 2)]),
    ])  # fmt: skip
    assert begin(settings, console, rows=5)
    words = [line.split()[:2] for line in said(console).splitlines() if line.startswith("  ")]
    assert words == [
        ["a", "running"], ["a", "up"], ["a", "running"], ["a", "success"], ["b", "success"],
    ]  # fmt: skip
    assert "try 2" in said(console)
    assert posted(fake)[0][1]["conf"] == {"rows": 5}


def test_a_failed_run_shows_the_error_of_the_failed_task(
    fake: FakeAirflow, settings: Settings, console: Console
) -> None:
    """Not those of the tasks that waited for it; markup and control characters in it are text."""
    serve(fake, [("failed", [task("a", "failed", 3), task("b", "upstream_failed", 0)])])
    event = {
        "level": "error", "event": "Task failed",
        "error_detail": [{"exc_type": "AirflowException", "exc_value": "[bold]cell 3\x1b[2J: no"}],
    }  # fmt: skip
    fake.answers["GET /dags/d/dagRuns/r/taskInstances/a/logs/3"] = 200, {"content": [event]}
    assert not begin(settings, console)
    assert "AirflowException: [bold]cell 3\\x1b[2J: no" in said(console)
    assert f"{fake.url}/dags/d/runs/r/tasks/a" in said(console)
    assert "b failed" not in said(console)


def test_a_paused_dag_is_switched_on_and_triggered(
    fake: FakeAirflow, settings: Settings, console: Console
) -> None:
    """A run of a paused DAG would wait for ever."""
    serve(fake, [("success", [])])
    fake.answers["GET /dags/d/dagRuns"] = 200, {"dag_runs": []}
    fake.answers["PATCH /dags/d"] = 200, {}
    assert run(AirflowClient(AirflowRest(settings)), NOT_DUE, {}, timeout=20, console=console)
    assert [method for method, _ in posted(fake)] == ["PATCH", "POST"]
    assert "was paused; it is on now" in said(console)


def test_a_run_that_is_due_is_not_doubled(
    fake: FakeAirflow, settings: Settings, console: Console
) -> None:
    """Unpausing makes the scheduler begin it: that one is followed."""
    serve(fake, [("success", [])])
    runs = iter([[], [], [{"dag_run_id": "r", "state": "queued"}]])
    fake.answers |= {
        "GET /dags/d/dagRuns": lambda _: (200, {"dag_runs": next(runs)}),
        "PATCH /dags/d": (200, {}),
    }
    assert run(AirflowClient(AirflowRest(settings)), DUE, {}, timeout=20, console=console)
    assert posted(fake) == [("PATCH", {"is_paused": False})]


def test_airflow_may_be_restarted_meanwhile(
    fake: FakeAirflow, settings: Settings, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run goes on without its page; so does who follows it."""
    serve(fake, [("running", [task("a", "running")]), ("success", [task("a", "success")])])
    airflow = AirflowClient(AirflowRest(settings))
    asked = airflow.run
    away = iter([True, True, False])

    def sometimes_away(dag_id: str, run_id: str) -> Any:
        if next(away, False):
            return AirflowClient(
                AirflowRest(settings.model_copy(update={"airflow_url": "http://127.0.0.1:9"}))
            ).run(dag_id, run_id)
        return asked(dag_id, run_id)

    monkeypatch.setattr(airflow, "run", sometimes_away)
    assert run(airflow, ON, {}, timeout=20, console=console)


def test_a_run_that_takes_too_long_goes_on_unwatched(
    fake: FakeAirflow, settings: Settings, console: Console
) -> None:
    """The message says so and where it is."""
    serve(fake, [("running", [])])
    with pytest.raises(
        AirflowError, match=r"not ended within 0 s and goes on: http.*/dags/d/runs/r"
    ):
        run(AirflowClient(AirflowRest(settings)), ON, {}, timeout=0.1, console=console)


def failed(*values: str) -> dict[str, Any]:
    """The event of an exception; further values are what led to it."""
    chain = [{"exc_type": "AirflowException", "exc_value": value} for value in values]
    return {"level": "error", "event": "Task failed with exception", "error_detail": chain}


def test_a_notebooks_error_is_told_as_the_notebook_raised_it() -> None:
    """The provider quotes it as a Python literal, quotes and line ends escaped."""
    error = "NameError: name 'x' is not defined\n  File \"/a\", line 3"
    rows = [{"task_key": "a", "run_id": 2, "error": error}]
    state = "{'life_cycle_state': 'TERMINATED', 'result_state': 'FAILED'}"
    text = f"a failed with terminal state: {state} and with the errors {rows}"
    assert error_lines([failed(text)]) == [f"a: {error}"]


@pytest.mark.parametrize("text", ["[{'task_key'", "[{'task_key': 1}]", "[{'task_key': x}]", "no"])
def test_an_error_that_is_quoted_otherwise_is_told_as_it_is(text: str) -> None:
    """Whatever a provider of another version writes."""
    assert error_lines([failed(text)]) == [f"AirflowException: {text}"]


def test_of_a_chain_the_last_exception_is_told_and_each_once() -> None:
    """Without any exception, the lines of level error."""
    info, line = {"level": "info", "event": "begin"}, {"level": "error", "event": "Attempt 1"}
    again = failed("last", "first")
    assert error_lines([info, line, again, again]) == ["AirflowException: last"]
    assert error_lines([info, line]) == ["Attempt 1"]


@pytest.mark.parametrize("arguments", [["run", "--conf", "{"], ["run", "--conf", "[1]"], [], ["x"]])
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    """As everywhere."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
