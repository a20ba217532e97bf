"""A text, a number or a time of a file → the moment that the source holds, in UTC and without a zone."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

_ISO = re.compile(
    r"(?P<year>\d{4})(?P<mark>[-/])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?:[T ] ?(?P<clock>.+))?",
    re.ASCII,
)
_DAYS = re.compile(
    r"(?P<first>\d{1,2})(?P<mark>[-/.])(?P<second>\d{1,2})(?P=mark)(?P<year>\d{4})(?:,?[T ] ?(?P<clock>.+))?",
    re.ASCII,
)
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d+))?)?"
    r" ?(?P<half>[AaPp][Mm])?"
    r" ?(?P<zone>Z|UTC|GMT|(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?)?",
    re.ASCII,
)
_EPOCHS = {9: 1, 10: 1, 12: 10**3, 13: 10**3, 15: 10**6, 16: 10**6, 18: 10**9, 19: 10**9}
"""Digits → a second's units, for the years 1973 to 2286: pandas writes milliseconds."""

_NOON = 12
_LAST_MONTH = 12
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class NotATimeError(ValueError):
    """It is no time; the message says why, where that is not plain."""


class AmbiguousDayError(ValueError):
    """The day can be the month."""


def moment(raw: str | float | datetime | date, *, day_first: bool | None = None) -> datetime:
    """The moment in UTC, without a zone, rounded to a second as MySQL does.

    Raises:
        NotATimeError: it is none that can be read.
        AmbiguousDayError: it begins with two numbers up to 12, and `day_first` is not told.
    """
    if isinstance(raw, datetime):
        found = raw
    elif isinstance(raw, date):
        found = datetime(raw.year, raw.month, raw.day)  # noqa: DTZ001 - a day has no zone
    else:
        found = _parsed(str(raw), day_first=day_first)
    try:
        return _rounded(found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found)
    except OverflowError as error:
        raise NotATimeError(str(error)) from error


def _parsed(text: str, *, day_first: bool | None) -> datetime:
    if match := _ISO.fullmatch(text):
        month, day = int(match["month"]), int(match["day"])
    elif match := _DAYS.fullmatch(text):
        month, day = _month_and_day(match, day_first=day_first)
    elif text.isascii() and text.isdigit() and len(text) in _EPOCHS:
        return _EPOCH + timedelta(microseconds=int(text) * 10**6 // _EPOCHS[len(text)])
    else:
        raise NotATimeError("")
    try:
        return _clocked(datetime(int(match["year"]), month, day), match["clock"])  # noqa: DTZ001
    except (ValueError, OverflowError) as error:
        raise NotATimeError(str(error)) from error


def _month_and_day(match: re.Match[str], *, day_first: bool | None) -> tuple[int, int]:
    """Points stand in dates that begin with the day; slashes and hyphens in both kinds."""
    first, second = int(match["first"]), int(match["second"])
    if match["mark"] == ".":
        day_first = True
    elif max(first, second) > _LAST_MONTH and day_first is None:
        day_first = first > _LAST_MONTH
    if day_first is None and first != second:
        raise AmbiguousDayError
    return (second, first) if day_first else (first, second)


def _clocked(day: datetime, clock: str | None) -> datetime:
    """The day at a time of the clock.

    Raises:
        ValueError: there is no such time.
    """
    if clock is None:
        return day
    match = _CLOCK.fullmatch(clock)
    if match is None:
        raise ValueError("its time of day cannot be read")
    hour = int(match["hour"])
    if match["half"]:
        if not 1 <= hour <= _NOON:
            raise ValueError("its hour is none of twelve")
        hour = hour % _NOON + _NOON * (match["half"].lower() == "pm")
    fraction = int((match["fraction"] or "0")[:6].ljust(6, "0"))
    return day.replace(
        hour=hour,
        minute=int(match["minute"]),
        second=int(match["second"] or 0),
        microsecond=fraction,
        tzinfo=_zone(match),
    )


def _zone(match: re.Match[str]) -> timezone | None:
    if not match["zone"]:
        return None
    ahead = timedelta(hours=int(match["hours"] or 0), minutes=int(match["minutes"] or 0))
    return timezone(-ahead if match["sign"] == "-" else ahead)


def _rounded(found: datetime) -> datetime:
    up = timedelta(seconds=1) if found.microsecond >= 500_000 else timedelta()  # noqa: PLR2004
    return found.replace(microsecond=0) + up
