"""Durations and sizes as users write them: `400ms`, `1s`, `10 seconds`, `64mb`."""

import re

_VALUE = re.compile(r"\s*(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[a-z]*)\s*", re.IGNORECASE)

_SECONDS = {"ms": 0.001, "millisecond": 0.001, "s": 1.0, "sec": 1.0, "second": 1.0}
_SECONDS |= {"m": 60.0, "min": 60.0, "minute": 60.0, "h": 3600.0, "hour": 3600.0}

_BYTES = {"": 1, "b": 1, "k": 2**10, "kb": 2**10, "m": 2**20, "mb": 2**20, "g": 2**30, "gb": 2**30}


def seconds(text: str) -> float:
    """Read a duration; a plain number is refused, since nobody knows its unit.

    Raises:
        ValueError: it is no duration.
    """
    number, unit = _split(text)
    return number * (_SECONDS.get(unit) or _SECONDS[_singular(unit)])


def size(text: str) -> int:
    """Read a size in bytes; a plain number is bytes.

    Raises:
        ValueError: it is no size.
    """
    number, unit = _split(text)
    if unit not in _BYTES:
        raise ValueError(text)
    return int(number * _BYTES[unit])


def _singular(unit: str) -> str:
    singular = unit.removesuffix("s")
    if singular not in _SECONDS:
        raise ValueError(unit)
    return singular


def _split(text: str) -> tuple[float, str]:
    match = _VALUE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return float(match["number"]), match["unit"].lower()
