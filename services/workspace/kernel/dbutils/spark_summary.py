"""Statistics of a Spark frame's columns: one pass over all, and one over each column of texts."""

from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as f
from pyspark.sql.types import (
    BooleanType,
    DateType,
    NumericType,
    StringType,
    StructField,
    TimestampNTZType,
    TimestampType,
)

from services.workspace.kernel.dbutils.summary_row import summary_row

_TIMES = (DateType, TimestampType, TimestampNTZType)
_TEXTS = (StringType, BooleanType)


def spark_summary(frame: DataFrame, *, precise: bool) -> tuple[int, list[dict[str, Any]]]:
    """The number of rows, and a row a column.

    Columns are told apart by their places: two of them may have one name.
    """
    fields = frame.schema.fields
    numbered = frame.toDF(*(f"c{n}" for n in range(len(fields))))
    wanted = [
        column.alias(f"c{n} {name}")
        for n, field in enumerate(fields)
        for name, column in _statistics(f.col(f"c{n}"), field, precise=precise).items()
    ]
    [found] = numbered.agg(f.count(f.lit(1)).alias("rows"), *wanted).collect()
    values = found.asDict()
    rows = values.pop("rows")
    features = []
    for n, field in enumerate(fields):
        own = {k.split()[1]: v for k, v in values.items() if k.startswith(f"c{n} ")}
        count = own.pop("count")
        row = summary_row(field.name, field.dataType.simpleString(), count, rows - count)
        top = _top(numbered, f"c{n}") if isinstance(field.dataType, _TEXTS) else {}
        features.append(row | own | top)
    return rows, features


def _statistics(column: Column, field: StructField, *, precise: bool) -> dict[str, Column]:
    found = {"count": f.count(column)}
    if isinstance(field.dataType, NumericType):
        number = column.cast("double")
        median = f.median(number) if precise else f.percentile_approx(number, 0.5)
        zeros = f.count(f.when(number == 0, 1))
        found |= {"mean": f.mean(number), "std_dev": f.stddev(number), "zeros": zeros}
        found |= {"min": f.min(column), "median": median, "max": f.max(column)}
    elif isinstance(field.dataType, _TIMES):
        found |= {"min": f.min(column), "max": f.max(column)}
    elif isinstance(field.dataType, _TEXTS):
        text = column.cast("string")
        unique = f.count_distinct(text) if precise else f.approx_count_distinct(text)
        found |= {"unique": unique, "avg_length": f.mean(f.length(text))}
    return found


def _top(frame: DataFrame, name: str) -> dict[str, Any]:
    """The most frequent value; of several, the first by its text."""
    counts = frame.where(f.col(name).isNotNull()).groupBy(f.col(name).cast("string").alias("top"))
    first = counts.count().orderBy(f.desc("count"), "top").limit(1).collect()
    return {"top": first[0]["top"], "freq_top": first[0]["count"]} if first else {}
