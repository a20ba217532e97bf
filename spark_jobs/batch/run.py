"""The daily batch: S3 → bronze → quarantine and silver → answers.

    python -m spark_jobs.batch [--table pin] [--stage bronze|silver|answers]

Running it again is always safe: what is done is read from the lake itself.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError
from pyspark.errors import PySparkException
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from services.aws import s3_client
from services.settings import Settings, load_settings
from services.tables import BY_NAME, TABLES, Table
from spark_jobs.batch import summary
from spark_jobs.batch.bronze import ingest
from spark_jobs.batch.lock import HeldError, held
from spark_jobs.batch.objects import ObjectStore
from spark_jobs.batch.silver import Refined, refine
from spark_jobs.lake import tier
from spark_jobs.progress import ForeignTableError, read
from spark_jobs.serving.answer_tables import refresh, stale
from spark_jobs.session import SparkUnreachableError, cause, session

STAGES = ("bronze", "silver", "answers")

Say = Callable[[str, str], None]


@dataclass
class TableRun:
    """What a batch did to one table; seconds are wall clock."""

    table: str
    objects: int = 0
    refined: Refined | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Batch:
    """What a batch did: its tables, and how many answers it wrote (None: not asked to)."""

    tables: list[TableRun]
    answers: int | None


def run(
    settings: Settings,
    tables: Sequence[Table] = TABLES,
    stages: Sequence[str] = STAGES,
    say: Say = lambda _name, _what: None,
) -> Batch:
    """Run the stages: the tables side by side, each in a session of its own, then the answers.

    Args:
        settings: Where everything is.
        tables: Which tables to work on.
        stages: Which of STAGES to do; the answers need all three silver tables.
        say: Told (table or "answers", what is being done).
    """
    if set(stages) == {"answers"}:
        return Batch([], _answer(settings, say))
    store = ObjectStore(s3_client(settings), settings.user_id)
    with ThreadPoolExecutor(len(tables)) as pool:
        runs = list(pool.map(lambda t: _run_table(settings, store, t, stages, say), tables))
    return Batch(runs, _answer(settings, say) if "answers" in stages else None)


def run_alone(
    settings: Settings,
    tables: Sequence[Table] = TABLES,
    stages: Sequence[str] = STAGES,
    say: Say = lambda _name, _what: None,
) -> Batch:
    """`run`, while no other batch works on these tables or on the answers.

    Raises:
        HeldError: another one does.
    """
    with held(settings.state_dir, _worked_on(tables, stages)):
        return run(settings, tables, stages, say)


def _worked_on(tables: Sequence[Table], stages: Sequence[str]) -> list[str]:
    names = [table.name for table in tables] if set(stages) != {"answers"} else []
    return names + (["answers"] if "answers" in stages else [])


def _answer(settings: Settings, say: Say) -> int:
    if not stale(settings):
        return 0
    say("answers", "asking")
    with session(settings) as spark:
        return refresh(spark, settings)


def _run_table(
    settings: Settings, store: ObjectStore, table: Table, stages: Sequence[str], say: Say
) -> TableRun:
    started, place, done = time.monotonic(), tier(settings, table), TableRun(table.name)
    with session(settings) as spark:
        bronze, silver = (read(path, place.topic) for path in (place.bronze, place.silver))
        if "bronze" in stages:
            say(table.name, "reading new objects")
            taken = ingest(spark, store, place, bronze)
            done.objects, bronze = taken.objects, taken.progress
        if "silver" in stages:
            say(table.name, "cleaning")
            done.refined = refine(spark, place, bronze, silver)
    done.seconds = time.monotonic() - started
    say(table.name, "done")
    return done


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 done, 1 it failed and the message says why."""
    asked = _parser().parse_args(arguments)
    tables = [BY_NAME[asked.table]] if asked.table else list(TABLES)
    stages = (
        [asked.stage] if asked.stage else [s for s in STAGES if not asked.table or s != "answers"]
    )
    errors = Console(stderr=True)
    try:
        batch = _shown(load_settings(), tables, stages, errors)
    except (HeldError, SparkUnreachableError, ForeignTableError) as error:
        errors.print(str(error), style="red", highlight=False, soft_wrap=True)
        return 1
    except (ClientError, BotoCoreError) as error:
        errors.print(f"S3: {error}. Is the stack up? `make status`.", style="red", soft_wrap=True)
        return 1
    except PySparkException as error:
        text = f"Spark: {cause(error)} Nothing is lost: run again; `make logs SERVICE=spark` says more."
        errors.print(text, style="red", markup=False, soft_wrap=True)
        return 1
    summary.show(Console(), batch)
    return 0


def _shown(
    settings: Settings, tables: Sequence[Table], stages: Sequence[str], console: Console
) -> Batch:
    columns = SpinnerColumn(), TextColumn("{task.fields[name]:8}{task.description}")
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
        names = _worked_on(tables, stages)
        bars = {name: progress.add_task("waiting", total=None, name=name) for name in names}

        def say(name: str, what: str) -> None:
            progress.update(bars[name], description=what)

        return run_alone(settings, tables, stages, say)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="spark_jobs.batch", description=__doc__.splitlines()[0])
    parser.add_argument("--table", choices=sorted(BY_NAME), help="only this table, without answers")
    parser.add_argument("--stage", choices=STAGES, help="only this stage")
    return parser
