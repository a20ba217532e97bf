"""How one text of the source becomes a value: the scraper's sentinels, whole numbers, counts, timestamps.

Column → Column. No value makes a job fail, in ANSI mode too: what a rule cannot read is null.
"""

from pyspark.sql import Column
from pyspark.sql import functions as F

SENTINELS = (
    "No description available Story format",
    "No description available",
    "No Title Data Available",
    "User Info Error",
    "Image src error.",
    "N,o, ,T,a,g,s, ,A,v,a,i,l,a,b,l,e",
)
"""Texts that the scraper wrote where it found nothing."""

_SCALES = {"": 1, "k": 1_000, "M": 1_000_000, "B": 1_000_000_000}
_WHOLE = r"^[0-9]+([.]0+)?$"
_EXPONENT = r"^[0-9]([.][0-9]+)?E[0-9]{1,2}$"
_COUNT = r"^([0-9]{1,12}(?:[.][0-9]{1,6})?)([kMB]?)$"
_TIMESTAMP = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?Z?$"


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
    """`2021-09-26T19:49:23` or with a blank, in UTC, fraction and Z allowed; else null."""
    utc = F.concat(F.regexp_replace(value, "Z$", ""), F.lit("Z"))
    return F.when(value.rlike(_TIMESTAMP), utc.try_cast("timestamp"))
