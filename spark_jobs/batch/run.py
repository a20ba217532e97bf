"""The daily batch: S3 → bronze → quarantine and silver → answers.

Running it again is always safe: what is done is read from the lake itself.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from services.aws import s3_client
from services.settings import Settings
from services.tables import TABLES, Table
from spark_jobs.batch.bronze import ingest
from spark_jobs.batch.lock import batch_lock
from spark_jobs.batch.objects import ObjectStore
from spark_jobs.batch.results import BatchResult, TableResult
from spark_jobs.batch.silver import refine
from spark_jobs.lake import tier
from spark_jobs.progress import read
from spark_jobs.serving.answer_tables import is_stale, refresh
from spark_jobs.session import session

STAGES = ("bronze", "silver", "answers")

OnStage = Callable[[str, str], None]


def run(
    settings: Settings,
    tables: Sequence[Table] = TABLES,
    stages: Sequence[str] = STAGES,
    on_stage: OnStage = lambda _name, _what: None,
) -> BatchResult:
    """Run the stages: the tables side by side, each in a session of its own, then the answers.

    Args:
        settings: Where everything is.
        tables: Which tables to work on.
        stages: Which of STAGES to do; the answers need all three silver tables.
        on_stage: Called with (table or "answers", what is being done).
    """
    if set(stages) == {"answers"}:
        return BatchResult([], _answer(settings, on_stage))
    store = ObjectStore(s3_client(settings), settings.user_id)
    with ThreadPoolExecutor(len(tables)) as pool:
        runs = list(pool.map(lambda t: _run_table(settings, store, t, stages, on_stage), tables))
    return BatchResult(runs, _answer(settings, on_stage) if "answers" in stages else None)


def run_alone(
    settings: Settings,
    tables: Sequence[Table] = TABLES,
    stages: Sequence[str] = STAGES,
    on_stage: OnStage = lambda _name, _what: None,
) -> BatchResult:
    """`run`, while no other batch works on these tables or on the answers.

    Raises:
        BatchLockedError: another one does.
    """
    with batch_lock(settings.state_dir, lock_names(tables, stages)):
        return run(settings, tables, stages, on_stage)


def lock_names(tables: Sequence[Table], stages: Sequence[str]) -> list[str]:
    """What a batch works on: names of tables, and `answers`."""
    names = [table.name for table in tables] if set(stages) != {"answers"} else []
    return names + (["answers"] if "answers" in stages else [])


def _answer(settings: Settings, on_stage: OnStage) -> int:
    if not is_stale(settings):
        return 0
    on_stage("answers", "asking")
    with session(settings) as spark:
        return refresh(spark, settings)


def _run_table(
    settings: Settings, store: ObjectStore, table: Table, stages: Sequence[str], on_stage: OnStage
) -> TableResult:
    started, place, done = time.monotonic(), tier(settings, table), TableResult(table.name)
    with session(settings) as spark:
        bronze, silver = (read(path, place.topic) for path in (place.bronze, place.silver))
        if "bronze" in stages:
            on_stage(table.name, "reading new objects")
            taken = ingest(spark, store, place, bronze)
            done.objects, bronze = taken.objects, taken.progress
        if "silver" in stages:
            on_stage(table.name, "cleaning")
            done.refined = refine(spark, place, bronze, silver)
    done.seconds = time.monotonic() - started
    on_stage(table.name, "done")
    return done
