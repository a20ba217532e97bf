"""Statistics of a pandas frame's columns."""

from typing import Any

import pandas as pd  # type: ignore[import-untyped]  # its stubs are not among the dependencies

from services.workspace.kernel.dbutils.summary_row import summary_row


def pandas_summary(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """A row a column."""
    return [
        _column(str(name), frame.iloc[:, position]) for position, name in enumerate(frame.columns)
    ]


def _column(name: str, column: pd.Series) -> dict[str, Any]:
    present = column.dropna()
    kind = pd.api.types
    row = summary_row(name, str(column.dtype), len(present), len(column) - len(present))
    if present.empty:
        return row
    if kind.is_numeric_dtype(column) and not kind.is_bool_dtype(column):
        values = present.astype(float)
        row |= {"mean": values.mean(), "std_dev": values.std(), "zeros": int((values == 0).sum())}
        return row | {"min": present.min(), "median": values.median(), "max": present.max()}
    if kind.is_datetime64_any_dtype(column):
        return row | {"min": present.min(), "median": present.median(), "max": present.max()}
    texts = present.astype(str)
    counts = texts.value_counts()
    row |= {"unique": len(counts), "top": counts.index[0], "freq_top": int(counts.iloc[0])}
    return row | {"avg_length": texts.str.len().mean()}
