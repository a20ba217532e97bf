"""`python -m spark_jobs.batch`: S3 → bronze → quarantine and silver → answers, only what is new."""

import argparse
from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError
from pyspark.errors import PySparkException
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from services.settings import Settings, load_settings
from services.tables import BY_NAME, TABLES, Table
from services.terminal import Console
from spark_jobs.batch import summary
from spark_jobs.batch.lock import HeldError
from spark_jobs.batch.result import Batch
from spark_jobs.batch.run import STAGES, run_alone, worked_on
from spark_jobs.progress import ForeignTableError
from spark_jobs.session import SparkUnreachableError, cause


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
        errors.print(text, style="red", soft_wrap=True)
        return 1
    summary.show(Console(), batch)
    return 0


def _shown(
    settings: Settings, tables: Sequence[Table], stages: Sequence[str], console: Console
) -> Batch:
    columns = SpinnerColumn(), TextColumn("{task.fields[name]:8}{task.description}")
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
        names = worked_on(tables, stages)
        bars = {name: progress.add_task("waiting", total=None, name=name) for name in names}

        def say(name: str, what: str) -> None:
            progress.update(bars[name], description=what)

        return run_alone(settings, tables, stages, say)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m spark_jobs.batch", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--table", choices=sorted(BY_NAME), help="only this table, without answers")
    parser.add_argument("--stage", choices=STAGES, help="only this stage")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
