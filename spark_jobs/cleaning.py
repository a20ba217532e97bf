"""The course's cleaning rules: pure functions, the same for batch, speed and notebooks.

They take a raw frame either as the batch parses it (all text) or as `spark.read.json` infers it
(numbers, doubles), with the key called `index` or `ind`; columns that are missing become null.
No value makes a job fail, in ANSI mode too: what a rule cannot read is null.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from services.tables import GEO, PIN, USER, Table
from spark_jobs.schemas import KEYS, schema

_Get = Callable[[str], Column]
"""Looks a source column up by its name, as text."""

SENTINELS = (
    "No description available Story format",
    "No description available",
    "No Title Data Available",
    "User Info Error",
    "Image src error.",
    "N,o, ,T,a,g,s, ,A,v,a,i,l,a,b,l,e",
)
"""Texts that the scraper wrote where it found nothing."""

_SAVED = "Local save in "
_SCALES = {"": 1, "k": 1_000, "M": 1_000_000, "B": 1_000_000_000}
_WHOLE = r"^[0-9]+([.]0+)?$"
_EXPONENT = r"^[0-9]([.][0-9]+)?E[0-9]{1,2}$"
_COUNT = r"^([0-9]{1,12}(?:[.][0-9]{1,6})?)([kMB]?)$"
_PLAIN_TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?Z?$"
_ZONE = (
    r"Z|UTC|GMT|[A-Z][A-Za-z]+(?:/[A-Za-z0-9_+-]+)+|[+-][0-9]{1,2}(?::?[0-9]{2}(?::?[0-9]{2})?)?"
)
_TIME = (
    r"^\s*([0-9]{4}-[0-9]{1,2}-[0-9]{1,2})"
    r"(?:[T ]([0-9]{1,2})(?::([0-9]{1,2})(?::([0-9]{1,2}(?:[.][0-9]+)?))?)?"
    rf" ?({_ZONE})?)?\s*$"
)
"""Date, hour, minute, second and zone, as ISO 8601 has them and Python prints them; all but the date may be missing."""

_SECONDS = r"^(?:[0-9]{10}(?:[.][0-9]+)?|[1-9](?:[.][0-9]+)?E9)$"
_MILLISECONDS = r"^[0-9]{13}$"
"""Numbers for the years 2001 to 2286; with a fraction, Spark's JSON reader writes an exponent."""


def clean(table: Table, raw: DataFrame) -> DataFrame:
    """The table's clean columns, as `spark_jobs.schemas` has them, a row for each row of `raw`."""
    return raw.select(*columns(table, raw))


def columns(table: Table, raw: DataFrame) -> list[Column]:
    """The contract's columns in their order; those without a rule of their own are text."""
    get = _getter(raw)
    special = _RULES[table].made(get) | {"ind": whole(F.coalesce(*(get(name) for name in KEYS)))}
    return [
        special.get(name, text(get(name))).cast(kind).alias(name)
        for name, kind in schema(table).clean.items()
    ]


def unparsed(table: Table, raw: DataFrame) -> Column:
    """What was sent where a number or a timestamp became null: column → text; null when nothing was.

    Blank texts and the scraper's sentinels are no values, and are left out.
    """
    get = _getter(raw)
    sent = (
        (F.lit(name), F.when(rule(get(name)).isNull(), text(get(name))))
        for name, rule in _RULES[table].parsed.items()
    )
    found = F.map_filter(
        F.create_map(*chain.from_iterable(sent)), lambda _, value: value.isNotNull()
    )
    return F.when(F.size(found) > 0, found)


def text(value: Column) -> Column:
    """The text unchanged; null for blank texts and for the scraper's sentinels."""
    bare = F.trim(F.regexp_replace(value, r"\s+", " "))
    return F.when((bare != "") & ~bare.isin(*SENTINELS), value)


def whole(value: Column) -> Column:
    """A whole number from 0 to 2^31-1: `12`, `12.0`, or a double's `1.2E7`; else null."""
    plain = F.regexp_extract(value, "^[0-9]+", 0).try_cast("int")
    double = value.try_cast("double")
    exponent = F.when(double == F.floor(double), double.try_cast("int"))
    return F.when(value.rlike(_WHOLE), plain).when(value.rlike(_EXPONENT), exponent)


def count(value: Column) -> Column:
    """Followers: `12k` → 12000, `1.5k` → 1500, `532`; null for anything else or beyond int."""
    digits = F.regexp_extract(value, _COUNT, 1).try_cast("decimal(18,6)")
    unit = F.regexp_extract(value, _COUNT, 2)
    scale = F.create_map(*(F.lit(part) for pair in _SCALES.items() for part in pair))[unit]
    scaled = digits * scale.cast("decimal(10,0)")
    return F.when(scaled == F.floor(scaled), scaled.try_cast("int"))


def number(value: Column) -> Column:
    """A finite double; else null."""
    double = value.try_cast("double")
    return F.when(F.abs(double) < float("inf"), double)


def timestamp(value: Column) -> Column:
    """The moment of an ISO 8601 date or time, in UTC where it has no zone, or of an epoch's; else null.

    As `to_timestamp` reads it, but for years, months and times alone, which are no moment, and for
    abbreviated zones, which Java takes for others than were meant; table: docs/times.md.
    """
    utc = F.concat(F.regexp_replace(value, "Z$", ""), F.lit("Z"))
    return (
        F.when(value.rlike(_PLAIN_TIME), utc.try_cast("timestamp"))
        .when(value.rlike(_TIME), _whole_time(value).try_cast("timestamp"))
        .when(value.rlike(_SECONDS), F.timestamp_seconds(value.try_cast("decimal(20,6)")))
        .when(value.rlike(_MILLISECONDS), F.timestamp_millis(value.try_cast("bigint")))
    )


def _whole_time(value: Column) -> Column:
    """The text with all of its parts."""
    date, hour, minute, second, zone = (
        F.coalesce(F.nullif(F.regexp_extract(value, _TIME, group), F.lit("")), F.lit(default))
        for group, default in enumerate(("", "00", "00", "00", "Z"), start=1)
    )
    return F.concat(date, F.lit("T"), hour, F.lit(":"), minute, F.lit(":"), second, zone)


def _getter(raw: DataFrame) -> _Get:
    """Look columns of `raw` up as text; null for those it does not have."""
    present = set(raw.columns)

    def get(name: str) -> Column:
        column = F.col(f"`{name}`") if name in present else F.lit(None)
        return column.cast("string")

    return get


def _pin(get: _Get) -> dict[str, Column]:
    """`downloaded` is the course's own bookkeeping, and is dropped."""
    saved = text(F.regexp_replace(get("save_location"), f"^{_SAVED}", ""))
    return {"follower_count": count(get("follower_count")), "save_location": saved}


def _geo(get: _Get) -> dict[str, Column]:
    """Coordinates are [latitude, longitude], null when both are unknown."""
    pair = number(get("latitude")), number(get("longitude"))
    known = pair[0].isNotNull() | pair[1].isNotNull()
    return {
        "coordinates": F.when(known, F.array(*pair)),
        "timestamp": timestamp(get("timestamp")),
    }


def _user(get: _Get) -> dict[str, Column]:
    """A user with one name keeps that one."""
    name = F.concat_ws(" ", text(get("first_name")), text(get("last_name")))
    return {
        "user_name": text(name),
        "age": whole(get("age")),
        "date_joined": timestamp(get("date_joined")),
    }


@dataclass(frozen=True)
class _Rules:
    """What is cleaned in a table beside its texts.

    Attributes:
        made: Clean columns that are more than the text of the source column of their name.
        parsed: Source columns that are numbers or timestamps, and how they are read.
    """

    made: Callable[[_Get], dict[str, Column]]
    parsed: dict[str, Callable[[Column], Column]]


_RULES: dict[Table, _Rules] = {
    PIN: _Rules(_pin, {"follower_count": count}),
    GEO: _Rules(_geo, {"latitude": number, "longitude": number, "timestamp": timestamp}),
    USER: _Rules(_user, {"age": whole, "date_joined": timestamp}),
}
