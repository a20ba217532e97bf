"""`make demo`: everything once, from an empty folder to the answers."""

import contextlib
import json
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.files import lock, write_private
from services.settings import PROJECT_ROOT, Settings
from services.stack.commands import Commands
from services.stack.report import Report


class DemoError(Exception):
    """A step of the demo failed; its own message has been shown."""


@dataclass(frozen=True)
class Step:
    """One command of the demo, and the `make` command that does the same."""

    title: str
    command: Sequence[str]
    make: str


def steps(rows: int) -> list[Step]:
    """What follows once the stack is up."""
    return [
        Step(
            f"Posting {rows} turns of the course's sequence: MySQL → gateway → Kafka and Kinesis",
            ("services.posting", "both", "--count", str(rows)),
            f"make emulate ROWS={rows}",
        ),
        Step("Speed layer: Kinesis → Delta", ("spark_jobs.speed", "wait"), "make speed"),
        Step("Waiting for the sink: Kafka → S3", ("services.s3_sink", "wait"), "make batch"),
        Step("Cleaning: S3 → bronze → silver + quarantine", ("spark_jobs.batch",), "make batch"),
        Step("Answers", ("spark_jobs.answers",), "make answers"),
        Step("Ledger: was a record lost or doubled?", ("services.ledger",), "make ledger"),
    ]


def run_demo(settings: Settings, rows: int, stack: Commands, report: Report) -> None:
    """Run the steps; posting is skipped when an earlier demo has posted as many turns.

    Raises:
        DemoError: a step failed.
    """
    posting, *rest = steps(rows)
    with _one_demo(settings.state_dir, report):
        _post(posting, rows, settings, stack, report)
    for step in rest:
        _run(step, stack, report)
    report.say(_where_next(settings, stack.lake()))


@contextlib.contextmanager
def _one_demo(state: Path, report: Report) -> Iterator[None]:
    """Of two demos at once, let the second one find the first one's turns posted."""
    try:
        handle = lock(state / "demo.lock", wait=False)
    except BlockingIOError:
        report.say("Waiting for another `make demo` that posts …", "yellow")
        handle = lock(state / "demo.lock")
    with handle:
        yield


def _post(step: Step, rows: int, settings: Settings, stack: Commands, report: Report) -> None:
    done, data = settings.state_dir / "demo.json", stack.data()
    if _posted(done, data) >= rows:
        report.say(
            f"\n{rows} turns were posted by an earlier demo; `make emulate` posts more.", "dim"
        )
        return
    _run(step, stack, report)
    write_private(done, json.dumps({"turns": rows, "data": data}))


def _posted(file: Path, data: str) -> int:
    """Turns that are in the data as it is now; none when the file is missing, or unreadable."""
    try:
        done = json.loads(file.read_text(encoding="utf-8"))
        return int(done["turns"]) if done.get("data", "") == data else 0
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return 0


def _run(step: Step, stack: Commands, report: Report) -> None:
    report.say(f"\n{step.title}   ({step.make})", "bold")
    module, *arguments = step.command
    code = subprocess.run(stack.job(module, arguments), cwd=PROJECT_ROOT, check=False).returncode
    if code:
        raise DemoError(
            f"{step.title}: failed with exit code {code}. The stack is still up; `make logs` shows its logs."
        )


def _where_next(settings: Settings, lake: str) -> str:
    return f"""
The stack is still up. Where to look next:
  make status                 the services, their ports and memory
  make up                     add what the demo does without: Airflow and the Databricks workspace
  make emulate ROWS=2000      post more; `make answers VIEW=speed` has it at once,
                              `make batch`, then `make answers`, has the batch layer's truth
  make ledger                 every record at every hop
  {settings.gateway_url}/{settings.gateway_stage}/topics      the topics, through the gateway
  {lake}      the Delta tables
  make down                   stop everything, keep the data"""
