"""A row of a summary: every statistic that there is, empty where it does not apply."""

from typing import Any

_NUMBERS = ("mean", "std_dev", "zeros", "min", "median", "max")
_TEXTS = ("unique", "top", "freq_top", "avg_length")


def summary_row(feature: str, kind: str, count: int, missing: int) -> dict[str, Any]:
    """What is true of columns of any type."""
    known = {"feature": feature, "type": kind, "count": count, "missing": missing}
    return {**known, **dict.fromkeys((*_NUMBERS, *_TEXTS))}
