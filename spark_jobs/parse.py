"""One bronze line → its fields, or the reason why it is no row."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from services.tables import Table
from spark_jobs.cleaning import whole
from spark_jobs.schemas import KEYS, schema

NOT_JSON = "not valid JSON"
NOT_OBJECT = "not a JSON object"
EMPTY = "empty record"
DUPLICATE = "duplicate columns: "
UNKNOWN = "unknown columns: "
NO_KEY = "missing ind"
BAD_KEY = "ind is not a usable integer: "

WRAPPER = "_base64"
"""Only key of the object in which the sink carries bytes that are not JSON."""

_SHOWN = 200
"""Characters of a bad value that a reason repeats."""

_WHOLE_ESCAPES = r"(?i)\\\\|\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}"
"""An escaped backslash, or both halves of a character beyond 16 bits."""

_SURROGATE = r"(?i)\\ud[89a-f]"

_STRICT = {"allowNonNumericNumbers": "false", "allowSingleQuotes": "false"}


def parse(lines: DataFrame, table: Table) -> DataFrame:
    """Add `fields` (map of texts), `ind` and `reason` (null for a row) to bronze's lines.

    A map keeps what a struct would lose: names nobody expected, names given twice, integers of
    any length. Spark's reader stops at 1,000 levels and at numbers of 1,000 digits.
    """
    fields = F.from_json("value", "map<string,string>", _STRICT)
    parsed = lines.withColumn("fields", fields)
    found = parsed.withColumn("key", F.coalesce(*(F.col("fields")[name] for name in KEYS)))
    with_ind = found.withColumn("ind", whole(F.col("key")))
    return with_ind.withColumn("reason", _reason(table)).drop("key")


def single(text: Column) -> Column:
    """The text if it is one JSON value and nothing else, else null: `parse` reads the first value only.

    As an array's only member it makes an array of one, and with a second member one of two. Text that
    closes the array itself gives the same number both times. Half of a surrogate pair is no character:
    the sink and the batch do not take it for JSON either.
    """
    alone, followed = (
        F.size(F.from_json(F.concat(F.lit("["), text, F.lit(end)), "array<string>", _STRICT))
        for end in ("]", ",0]")
    )
    halves = F.regexp_replace(text, _WHOLE_ESCAPES, " ").rlike(_SURROGATE)
    return F.when((alone == 1) & (followed == 2) & ~halves, text)  # noqa: PLR2004 - see above


def rows(parsed: DataFrame) -> DataFrame:
    """The usable records."""
    return parsed.where(F.col("reason").isNull())


def quarantined(parsed: DataFrame) -> DataFrame:
    """The others, each with its own bytes, its origin and the reason."""
    return parsed.where(F.col("reason").isNotNull()).select(
        "topic",
        "partition",
        "offset",
        "object_key",
        F.coalesce(_wrapped(), F.col("value").cast("binary")).alias("raw"),
        "reason",
        F.current_timestamp().alias("quarantined_at"),
    )


def spread(records: DataFrame, table: Table) -> DataFrame:
    """`fields` as one text column per name of the source table."""
    return records.select(*(F.col("fields")[name].alias(name) for name in schema(table).raw))


def _reason(table: Table) -> Column:
    fields, key = F.col("fields"), F.col("key")
    names = F.map_keys(fields)
    distinct = F.array_distinct(names)
    unknown = F.array_except(names, F.array(*map(F.lit, schema(table).raw)))
    return (
        F.when(fields.isNull(), _unreadable())
        .when(F.size(fields) == 0, EMPTY)
        .when(_wrapped().isNotNull(), NOT_JSON)
        .when(F.size(distinct) < F.size(names), _naming(DUPLICATE, _repeated(names)))
        .when(F.size(unknown) > 0, _naming(UNKNOWN, F.array_join(F.array_sort(unknown), ", ")))
        .when(key.isNull(), NO_KEY)
        .when(F.col("ind").isNull(), _naming(BAD_KEY, key))
    )


def _unreadable() -> Column:
    """JSON that is no object, or no JSON at all (or one beyond the reader's limits)."""
    is_json = F.expr("try_parse_json(value) IS NOT NULL")
    return F.when(is_json & ~F.col("value").rlike(r"^\s*\{"), NOT_OBJECT).otherwise(NOT_JSON)


def _wrapped() -> Column:
    """Bytes inside the sink's wrapper; null for any other record."""
    fields = F.col("fields")
    only = (F.size(fields) == 1) & fields[WRAPPER].isNotNull()
    return F.when(only, F.try_to_binary(fields[WRAPPER], F.lit("base64")))


def _repeated(names: Column) -> Column:
    """Names that occur more than once."""
    twice = F.filter(names, lambda name: F.size(F.filter(names, lambda n: n == name)) > 1)
    return F.array_join(F.array_sort(F.array_distinct(twice)), ", ")


def _naming(reason: str, what: Column) -> Column:
    return F.concat(F.lit(reason), F.substring(what, 1, _SHOWN))
