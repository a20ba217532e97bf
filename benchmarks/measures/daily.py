"""The full profile: its start and memory, the daily DAG, and how soon a notebook executes."""

import statistics
import time
from collections.abc import Iterator
from typing import Any

import urllib3

from benchmarks.figure import Figure
from benchmarks.timing import timed
from services.settings import Settings
from services.stack.native.scratch import ScratchStack

NEW_ROWS = 500
REPEATS = 3
POLL_SECONDS = 0.1
_GB = 1e9
_CLUSTER = "1121-000000-pincloud"
_FIRST_CELL = """\
# Databricks notebook source
import time
dbutils.notebook.exit(time.time())
"""


def measure(stack: ScratchStack, core_seconds: float) -> Iterator[Figure]:
    """All figures of a fresh full stack.

    Args:
        stack: Just started, with all services of the full profile.
        core_seconds: What the core alone took to start in this run.
    """
    yield Figure(
        "up_full", stack.start_seconds, core_seconds, "s", 45, "less", "the core's start, this run"
    )
    yield _dag(stack)
    yield _notebook(stack)
    yield _memory(stack)


def _dag(stack: ScratchStack) -> Figure:
    """Trigger to success on so many new rows, Airflow warm; the limit is `make batch` on as many."""
    _post(stack)
    timed(stack.environment, "services.airflow", "run")
    _post(stack)
    seconds = timed(stack.environment, "services.airflow", "run")
    _post(stack)
    limit = timed(stack.environment, "spark_jobs.batch")
    return Figure(
        "dag_500_new_rows", seconds, limit, "s", 60, "less", "the batch itself, one process"
    )


def _post(stack: ScratchStack) -> None:
    timed(stack.environment, "services.posting", "batch", "--count", str(NEW_ROWS))
    timed(stack.environment, "services.s3_sink", "wait")


def _notebook(stack: ScratchStack) -> Figure:
    """From submit to the first cell, beside a Spark client that connects and counts one row."""
    folder = stack.settings.workspace_dir / "user"
    file = folder / "benchmark-first-cell.py"
    file.write_text(_FIRST_CELL, encoding="utf-8")
    try:
        seconds = statistics.median(_start(stack.settings, file.stem) for _ in range(REPEATS))
    finally:
        file.unlink()
    limit = timed(stack.environment, "benchmarks.load.bare_spark", "connect")
    return Figure(
        "notebook_start", seconds, limit, "s", 3, "less", "a Spark client that counts one row"
    )


def _start(settings: Settings, notebook: str) -> float:
    submitted = time.time()
    task = {"existing_cluster_id": _CLUSTER, "notebook_task": {"notebook_path": f"/{notebook}"}}
    run_id = _call(settings, "POST", "runs/submit", task)["run_id"]
    while (
        "result_state" not in (run := _call(settings, "GET", f"runs/get?run_id={run_id}"))["state"]
    ):
        time.sleep(POLL_SECONDS)
    output = _call(settings, "GET", f"runs/get-output?run_id={run['tasks'][0]['run_id']}")
    return float(output["notebook_output"]["result"]) - submitted


def _call(settings: Settings, method: str, path: str, body: object = None) -> dict[str, Any]:
    answer = urllib3.request(
        method,
        f"{settings.workspace_url}/api/2.2/jobs/{path}",
        json=body,
        headers={"Authorization": f"Bearer {settings.workspace_token.get_secret_value()}"},
    )
    if answer.status != 200:  # noqa: PLR2004 - HTTP's own number
        raise RuntimeError(f"{path} answered {answer.status}: {answer.data[:500]!r}")
    found: dict[str, Any] = answer.json()
    return found


def _memory(stack: ScratchStack) -> Figure:
    """PSS of all services after the DAG and the notebooks, beside what is not ours."""
    rows = stack.stack.status()
    theirs = {"mysql", "kafka", "aws", "spark"}
    servers = sum(row.memory for row in rows if row.name in theirs or "airflow" in row.name)
    total = sum(row.memory for row in rows)
    return Figure(
        "memory_full", total / _GB, servers / _GB, "GB PSS", 4, "less", "what is not ours of it"
    )
