"""`display()` and `displayHTML()` as a Databricks notebook has them."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd  # type: ignore[import-untyped]  # its stubs are not among the dependencies
from pyspark.sql import DataFrame

from services.workspace.kernel.display import table
from services.workspace.kernel.display.drawings import drawing, sandboxed
from services.workspace.kernel.display.stream_display import display_stream
from services.workspace.kernel.process.output import publish, publish_value

LIMIT = 1_000
"""Rows that are fetched and shown."""


def display(value: Any = None, *others: Any, **options: Any) -> None:
    """Show values: frames, rows and lists of rows as tables, figures, the rest as it draws itself; nothing for None."""
    _display_one(value, **options)
    for other in others:
        if not isinstance(other, str | int):
            _display_one(other)


def _display_one(value: Any, **options: Any) -> None:
    if isinstance(value, DataFrame):
        _display_frame(value, **options)
    elif isinstance(value, pd.DataFrame | pd.Series):
        _display_pandas(value)
    elif (bundle := drawing(value)) is not None:
        publish(bundle)
    elif _are_rows(value):
        _display_rows(value)
    elif _are_rows([value]) and isinstance(value, tuple):
        _display_rows([value])
    elif hasattr(value, "to_spark"):
        _display_frame((value.to_frame() if hasattr(value, "to_frame") else value).to_spark())
    elif value is not None:
        publish_value(value)


def displayHTML(content: Any = "") -> None:
    """Show HTML, scripts and all, in a frame that cannot reach the page around it."""
    text = str(content)
    publish({"text/html": sandboxed(text), "text/plain": f"<HTML, {len(text):,} characters>"})


def _display_frame(frame: DataFrame, **options: Any) -> None:
    if frame.isStreaming:
        display_stream(frame, **options)
    elif not frame.columns:
        publish({"text/plain": "OK"})
    else:
        table.publish_table(table.render(frame.columns, frame.limit(LIMIT + 1).collect(), LIMIT))


def _display_pandas(value: pd.DataFrame | pd.Series) -> None:
    frame = value.to_frame() if isinstance(value, pd.Series) else value
    shown = frame.head(LIMIT + 1)
    shown = shown.astype(object).where(shown.notna(), None)
    rows = list(shown.itertuples(index=False, name=None))
    table.publish_table(table.render([str(name) for name in frame.columns], rows, LIMIT))


def _are_rows(value: Any) -> bool:
    """Named tuples, Spark rows or dicts, one after the other."""
    return isinstance(value, list) and bool(value) and all(_names(row) is not None for row in value)


def _names(row: Any) -> Sequence[str] | None:
    if isinstance(row, Mapping):
        return [str(name) for name in row]
    if isinstance(row, tuple):
        return getattr(row, "_fields", None) or getattr(row, "__fields__", None)
    return None


def _display_rows(rows: list[Any]) -> None:
    columns = list(dict.fromkeys(name for row in rows for name in _names(row) or ()))
    cells = [_by_name(row) for row in rows[: LIMIT + 1]]
    table.publish_table(
        table.render(columns, [[row.get(name) for name in columns] for row in cells], LIMIT)
    )


def _by_name(row: Any) -> dict[str, Any]:
    values = row.values() if isinstance(row, Mapping) else row
    return dict(zip(_names(row) or (), values, strict=False))
