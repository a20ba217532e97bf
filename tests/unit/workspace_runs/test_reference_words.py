"""Every reference that Databricks documents for parameters of jobs and tasks."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.workspace.runs.definition.parsing import parse_run_spec
from services.workspace.runs.scheduling.parameters import fill
from services.workspace.runs.scheduling.planning import RunRequest, plan_run
from services.workspace.runs.scheduling.references import references
from services.workspace.runs.states import failed, not_found, succeeded
from services.workspace.runs.store.ids import IdSequence
from services.workspace.runs.store.run_record import Repair, Run, RunType

SUNDAY = datetime(2026, 3, 1, 9, 5, 7, 250_000, tzinfo=UTC)

WORDS = {
    "job.id": "9",
    "job.name": "nightly",
    "job.run_id": "1",
    "job.repair_count": "1",
    "job.start_time.iso_date": "2026-03-01",
    "job.start_time.[iso_date]": "2026-03-01",
    "job.start_time.iso_datetime": "2026-03-01T09:05:07+00:00",
    "job.start_time.year": "2026",
    "job.start_time.month": "3",
    "job.start_time.day": "1",
    "job.start_time.hour": "9",
    "job.start_time.minute": "5",
    "job.start_time.second": "7",
    "job.start_time.iso_weekday": "7",
    "job.start_time.is_weekday": "false",
    "job.start_time.timestamp_ms": str(int(SUNDAY.timestamp() * 1000)),
    "job.trigger.type": "onetime",
    "job.trigger.time.iso_date": "2026-03-01",
    "job.parameters.day": "day 2026-03-01",
    "job.parameters.`odd name`": "odd",
    "task.name": "clean",
    "task.run_id": "4",
    "task.execution_count": "1",
    "task.notebook_path": "/Users/a/clean",
    "tasks.load.run_id": "3",
    "tasks.load.execution_count": "1",
    "tasks.load.notebook_path": "/load",
    "tasks.load.result_state": "failed",
    "tasks.load.error_code": "RunExecutionError",
    "tasks.lost.error_code": "ResourceNotFound",
    "tasks.good.error_code": "null",
    "tasks.good.values.rows": "7",
    "tasks.`good`.values.`per day`": '{"mo": 1}',
    "workspace.id": "0",
    "workspace.url": "http://127.0.0.1:9",
    "job_id": "9",
    "run_id": "4",
    "parent_run_id": "1",
    "task_key": "clean",
    "task_retry_count": "0",
    "start_date": "2026-03-01",
    "start_time": str(int(SUNDAY.timestamp() * 1000)),
}

UNKNOWN = ("backfill.iso_date", "job.naem", "tasks.none.run_id", "my.value", "job.`id", "input")


@pytest.fixture
def known(tmp_path: Path) -> dict[str, str]:
    """What the task `clean` of a repaired run can refer to."""
    run = _run(tmp_path)
    (tmp_path / "good.json").write_text('{"rows": 7, "per day": {"mo": 1}}')
    return references(run, run.latest("clean"), tmp_path, "http://127.0.0.1:9")


def _run(folder: Path) -> Run:
    tasks = [
        {"task_key": name, "notebook_task": {"notebook_path": path}}
        for name, path in (
            ("load", "/load"),
            ("clean", "/Users/a/clean"),
            ("lost", "/x"),
            ("good", "/y"),
        )
    ]
    parameters = [
        {"name": "day", "default": "day {{job.start_time.iso_date}}"},
        {"name": "odd name", "default": "odd"},
    ]
    spec = parse_run_spec({"tasks": tasks, "parameters": parameters}, "nightly")
    request = RunRequest("nightly", RunType.JOB_RUN, spec, job_id=9)
    run = plan_run(request, IdSequence(folder / "last_id", 0))
    run.created = int(SUNDAY.timestamp() * 1000)
    run.latest("load").state = failed("NameError")
    run.latest("lost").state = not_found("no such notebook")
    run.latest("good").state = succeeded()
    run.repairs = [Repair(repair_id=1, created=0, state=succeeded(), attempts=[])]
    return run


@pytest.mark.parametrize("word", WORDS)
def test_each_documented_word_has_its_value(word: str, known: dict[str, str]) -> None:
    """Inside a longer text, with blanks in the braces or without."""
    assert fill(f"a {{{{{word}}}}} b {{{{ {word} }}}}", known) == f"a {WORDS[word]} b {WORDS[word]}"


@pytest.mark.parametrize("word", UNKNOWN)
def test_what_is_unknown_stays_as_it_was_written(word: str, known: dict[str, str]) -> None:
    """As documented: it is taken for text."""
    assert fill(f"{{{{{word}}}}}", known) == f"{{{{{word}}}}}"


def test_a_value_is_not_looked_through_again() -> None:
    """What a task left may itself look like a reference."""
    known = {"tasks.a.values.x": "{{job.id}}", "job.id": "9"}
    assert fill("{{tasks.a.values.x}}", known) == "{{job.id}}"
