"""`display()` and `displayHTML()` as a Databricks notebook has them."""

from typing import Any

from IPython.display import display as show
from pyspark.sql import DataFrame

from services.workspace.kernel import html

LIMIT = 1_000
"""Rows of a frame that are fetched and shown."""


def display(value: Any = None, *_positional: Any, **options: Any) -> None:
    """Show a value: frames and lists of rows as tables, figures and rich objects as they draw themselves."""
    if value is None:
        return
    if isinstance(value, DataFrame):
        display_frame(value)
    else:
        show(value)


def display_frame(frame: DataFrame) -> None:
    """Show the first rows of a frame that is at rest."""
    rows = frame.limit(LIMIT + 1).collect()
    publish(html.grid(frame.columns, rows, LIMIT))


def publish(content: html.Grid, **options: Any) -> Any:
    """Send a table to the reader."""
    bundle = {"text/html": html.table(content), "text/plain": html.plain_table(content)}
    return show(bundle, raw=True, **options)


def displayHTML(content: Any = "") -> None:  # noqa: N802 - Databricks' name
    """Show HTML, scripts and all, in a frame that cannot reach the page around it."""
    text = str(content)
    show(
        {"text/html": html.isolated(text), "text/plain": f"<HTML, {len(text):,} characters>"},
        raw=True,
    )
