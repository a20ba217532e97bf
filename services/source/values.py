"""From a raw value to what the column holds, or the reason why it does not fit."""

import math
import re
from collections.abc import Callable
from datetime import datetime

from services.source.schema import Column, Kind

Cell = str | int | float | datetime | None
"""A value that MySQL takes."""

_INTEGER = re.compile(r"[-+]?[0-9]{1,19}(?:\.0*)?")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_DATETIME = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.0+)?Z?)?", re.ASCII)
_EMPTY = frozenset(("", "NULL", r"\N"))
"""How files write that a number or a date is missing."""

_INT_LIMIT = 2**31
_TEXT_BYTES = 65_535
_SHOWN = 40


class UnfitValueError(ValueError):
    """The value does not fit its column."""


def quote_value(value: object) -> str:
    """The value as an error message quotes it: cut, with control characters visible."""
    text = value if isinstance(value, str) else str(value)
    return ascii(text) if len(text) <= _SHOWN else f"{text[:_SHOWN]!a}…"


def _integer(raw: str | int | float, _: Column) -> int:
    if not _INTEGER.fullmatch(str(raw)):
        raise UnfitValueError(f"{quote_value(raw)} is not an integer")
    number = int(str(raw).partition(".")[0])
    if not -_INT_LIMIT <= number < _INT_LIMIT:
        raise UnfitValueError(f"{quote_value(raw)} is beyond what an INT holds")
    return number


def _double(raw: str | int | float, _: Column) -> float:
    if not _NUMBER.fullmatch(str(raw)) or math.isinf(float(str(raw))):
        raise UnfitValueError(f"{quote_value(raw)} is not a number")
    return float(str(raw))


def _datetime(raw: str | int | float, _: Column) -> datetime:
    match = _DATETIME.fullmatch(str(raw))
    if match is None:
        raise UnfitValueError(f"{quote_value(raw)} is not a date such as 2021-09-26T19:49:23")
    try:
        return datetime.fromisoformat(f"{match[1]} {match[2] or '00:00:00'}")
    except ValueError as error:
        raise UnfitValueError(f"{quote_value(raw)} is not a date: {error}") from error


def _text(raw: str | int | float, column: Column) -> str:
    text = str(raw)
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError:
        raise UnfitValueError("holds bytes or escapes that are not valid Unicode text") from None
    if column.length is not None and len(text) > column.length:
        raise UnfitValueError(f"has {len(text):,} characters, {column.length} fit")
    if size > _TEXT_BYTES:
        raise UnfitValueError(f"has {size:,} bytes, {_TEXT_BYTES:,} fit")
    return text


_CONVERTERS: dict[Kind, Callable[[str | int | float, Column], Cell]] = {
    Kind.INT: _integer,
    Kind.DOUBLE: _double,
    Kind.DATETIME: _datetime,
    Kind.VARCHAR: _text,
    Kind.TEXT: _text,
}
_WORDY = (Kind.VARCHAR, Kind.TEXT)


def convert(raw: object, column: Column) -> Cell:
    r"""Make the column's value of a raw one.

    Text stays as it is, an empty one included. Where a number or a date is wanted, blanks around
    it are dropped, and an empty text, `NULL` and `\N` are NULL.

    Raises:
        UnfitValueError: it does not fit; the message continues a sentence that begins with the
            column's name.
    """
    if raw is None:
        return None
    if isinstance(raw, bool) and column.kind is Kind.INT:
        return int(raw)
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise UnfitValueError(f"is a JSON {type(raw).__name__}, not a plain value")
    if column.kind not in _WORDY and isinstance(raw, str):
        raw = raw.strip()
        if raw in _EMPTY:
            return None
    return _CONVERTERS[column.kind](raw, column)
