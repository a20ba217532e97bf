"""The daily batch: S3 → bronze → quarantine and silver → answers.

Running it again is always safe: what is done is read from the lake itself.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from services.aws import s3_client
from services.settings import Settings
from services.tables import TABLES, Table
from spark_jobs.batch.bronze import ingest
from spark_jobs.batch.lock import held
from spark_jobs.batch.objects import ObjectStore
from spark_jobs.batch.result import Batch, TableRun
from spark_jobs.batch.silver import refine
from spark_jobs.delta_sync import drop_torn
from spark_jobs.lake import tier
from spark_jobs.progress import read
from spark_jobs.serving.answer_tables import refresh, stale
from spark_jobs.session import session

STAGES = ("bronze", "silver", "answers")

Say = Callable[[str, str], None]


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
    with held(_locks(settings), worked_on(tables, stages)):
        return run(settings, tables, stages, say)


def _locks(settings: Settings) -> Path:
    """The folder of the locks of this user's lake."""
    ours = settings.batch_lake == settings.lake
    return settings.state_dir if ours else settings.state_dir / "users" / settings.user_id


def worked_on(tables: Sequence[Table], stages: Sequence[str]) -> list[str]:
    """Names of the tables, and "answers", that these stages write to."""
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
    for path in (place.bronze, place.silver, place.quarantine):
        for name in drop_torn(path.folder):
            say(table.name, f"took out {name} of {path}, which a loss of power has torn")
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
