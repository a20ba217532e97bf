"""The answers, computed anew from the lake.

python -m spark_jobs.answers [--view batch|speed|merged] [--every-event] [--format table|json]
"""

import argparse
import sys
from collections.abc import Sequence

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from rich.table import Table as Grid

from services.settings import Settings, load_settings
from services.terminal import Console, json_text, plain
from spark_jobs.progress import ForeignTableError
from spark_jobs.serving.questions import QUESTIONS, Row, ask, create_views
from spark_jobs.serving.views import VIEWS, NothingYetError, read_layers
from spark_jobs.session import SparkUnreachableError, cause, session

SHOWN = 10
"""Rows of an answer that the terminal shows unless asked for all."""


_VIEW = "the layer to ask; merged: the batch layer, and every ind that only the speed layer has yet"
_EVERY_EVENT = """count re-posts too and join them raw, as the course's notebooks did; merged: \
every event of the batch layer, and every event of the speed layer whose ind the batch has not yet"""


def answer(
    spark: SparkSession, settings: Settings, view: str = "batch", *, every_event: bool = False
) -> dict[str, list[Row]]:
    """Answer every question.

    Args:
        spark: A session; its views pin, geo and user are replaced.
        settings: Which user's lake.
        view: One of VIEWS.
        every_event: Count re-posts too and join them raw, as the course's notebooks did.

    Raises:
        NothingYetError: a table has no rows yet.
    """
    layers = read_layers(spark, settings, view, every_event=every_event)
    create_views(layers.view(view))
    return {question: rows.to_pylist() for question, rows in ask(spark, QUESTIONS).items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 done, 1 it failed and the message says why."""
    asked = _parser().parse_args(arguments)
    settings, errors = load_settings(), Console(stderr=True, soft_wrap=True, highlight=False)
    try:
        with errors.status("asking Spark"), session(settings) as spark:
            answers = answer(spark, settings, asked.view, every_event=asked.every_event)
    except (NothingYetError, SparkUnreachableError, ForeignTableError) as error:
        errors.print(str(error), style="red")
        return 1
    except PySparkException as error:
        errors.print(f"Spark: {cause(error)}", style="red")
        return 1
    if asked.format == "json":
        text = json_text({"view": asked.view, "questions": answers})
        Console(soft_wrap=True).out(text, highlight=False)
    else:
        _show(Console(), answers, None if asked.all else SHOWN, _again(asked))
    return 0


def _again(asked: argparse.Namespace) -> str:
    """The command that answers the same with every row."""
    every = " EVERY_EVENT=1" if asked.every_event else ""
    return f"make answers VIEW={asked.view}{every} ALL=1"


def _show(console: Console, answers: dict[str, list[Row]], limit: int | None, again: str) -> None:
    for question, found in answers.items():
        grid = Grid(title=question, title_justify="left")
        for name in found[0] if found else ["no rows"]:
            grid.add_column(plain(name))
        for row in found[:limit]:
            grid.add_row(*(plain(value) for value in row.values()))
        console.print(grid)
        if limit and len(found) > limit:
            console.print(f"{limit} of {len(found)} rows; all: `{again}`", highlight=False)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="spark_jobs.answers", description="Answer the course's questions from the lake."
    )
    parser.add_argument("--view", choices=VIEWS, default="batch", help=_VIEW)
    parser.add_argument("--every-event", action="store_true", help=_EVERY_EVENT)
    parser.add_argument("--format", choices=["table", "json"], default="table")
    parser.add_argument("--all", action="store_true", help="show every row of long answers")
    return parser


if __name__ == "__main__":
    sys.exit(main())
