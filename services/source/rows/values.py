"""From a raw value to what the column holds, or the reason why it does not fit."""

import math
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from services.source.rows.times import NotATimeError, moment
from services.source.schema import Column, Kind

Cell = str | int | float | datetime | None
"""A value that MySQL takes."""

_INTEGER = re.compile(r"[-+]?[0-9]{1,19}(?:\.0*)?")
_GROUPED = re.compile(r"[-+]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.0*)?")
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_DECIMAL_COMMA = re.compile(r"[-+]?[0-9]{1,3},[0-9]+")
_EMPTY = frozenset(("", "null", r"\n", "nan", "none", "nat", "na", "n/a", "<na>", "#n/a"))
"""How files write that a number or a date is missing, in small letters."""

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
    if _GROUPED.fullmatch(str(raw)):
        raw = str(raw).replace(",", "")
    if not _INTEGER.fullmatch(str(raw)):
        raise UnfitValueError(f"{quote_value(raw)} is not an integer")
    number = int(str(raw).partition(".")[0])
    if not -_INT_LIMIT <= number < _INT_LIMIT:
        raise UnfitValueError(f"{quote_value(raw)} is beyond what an INT holds")
    return number


def _double(raw: str | int | float, _: Column) -> float:
    """Both of the source's are degrees: a comma can only be a decimal one."""
    if _DECIMAL_COMMA.fullmatch(str(raw)):
        raw = str(raw).replace(",", ".")
    if not _NUMBER.fullmatch(str(raw)) or math.isinf(float(str(raw))):
        raise UnfitValueError(f"{quote_value(raw)} is not a number")
    return float(str(raw))


def _text(raw: str | int | float, column: Column) -> str:
    text = str(raw)
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError:
        raise UnfitValueError(
            "holds bytes or escapes that are not valid Unicode text (of a file in another encoding, "
            "ENCODING=cp1252 or the like says which)"
        ) from None
    if column.length is not None and len(text) > column.length:
        raise UnfitValueError(f"has {len(text):,} characters, {column.length} fit")
    if size > _TEXT_BYTES:
        raise UnfitValueError(f"has {size:,} bytes, {_TEXT_BYTES:,} fit")
    return text


_CONVERTERS: dict[Kind, Callable[[str | int | float, Column], Cell]] = {
    Kind.INT: _integer,
    Kind.DOUBLE: _double,
    Kind.VARCHAR: _text,
    Kind.TEXT: _text,
}
_WORDY = (Kind.VARCHAR, Kind.TEXT)


def convert(raw: object, column: Column, *, day_first: bool | None = None) -> Cell:
    r"""Make the column's value of a raw one.

    Text stays as it is, an empty one included. Where a number or a date is wanted, blanks around
    it are dropped, and an empty text, `NULL`, `NaN`, `\N` and the like are NULL.

    Raises:
        UnfitValueError: it does not fit; the message continues a sentence that begins with the
            column's name.
        AmbiguousDayError: it is a date whose day can be its month, and `day_first` is not told.
    """
    raw = _plain(raw, column)
    if column.kind not in _WORDY and isinstance(raw, str):
        raw = raw.strip()
    if raw is None or (column.kind not in _WORDY and str(raw).lower() in _EMPTY):
        return None
    if column.kind is Kind.DATETIME:
        return _datetime(raw, day_first=day_first)
    return _CONVERTERS[column.kind](raw if isinstance(raw, int | float) else str(raw), column)


def _plain(raw: object, column: Column) -> str | int | float | date | None:
    """What readers give that knows types, as one of a few."""
    if isinstance(raw, bool) and column.kind is Kind.INT:
        return int(raw)
    if isinstance(raw, Decimal):
        return str(raw)
    if isinstance(raw, bytes):
        return raw.decode("utf-8", "surrogateescape")
    if raw is None or (isinstance(raw, str | int | float | date) and not isinstance(raw, bool)):
        return raw
    raise UnfitValueError(f"is a JSON {type(raw).__name__}, not a plain value")


def _datetime(raw: str | float | date, *, day_first: bool | None) -> datetime:
    try:
        return moment(raw, day_first=day_first)
    except NotATimeError as error:
        why = f": {error}" if str(error) else " such as 2021-09-26T19:49:23"
        raise UnfitValueError(f"{quote_value(raw)} is not a date{why}") from error
