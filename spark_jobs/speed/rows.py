"""Records of a stream → clean rows, or the reason why they are none."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from services.tables import Table
from spark_jobs.cleaning import columns, unparsed
from spark_jobs.parse import EMPTY, parse, single
from spark_jobs.schemas import schema
from spark_jobs.speed.tables import ORIGIN

_ORIGIN = tuple(name for name, _ in ORIGIN)


def rows(records: DataFrame, table: Table) -> DataFrame:
    """One row a record: the contract's columns, `unparsed`, ORIGIN, and what quarantine needs.

    Args:
        records: Columns of `format("kinesis")`.
        table: Whose rows the records are.

    Returns:
        `reason` is null for a row, and says for any other record why it is none; `raw` has that
        record's own bytes.
    """
    text = F.try_validate_utf8(F.col("data").cast("string"))
    parsed = parse(records.withColumn("value", single(text)), table)
    reason = F.when(F.length("data") == 0, EMPTY).otherwise(F.col("reason"))
    names = schema(table).raw
    sent = parsed.select(
        *(F.col("fields")[name].alias(name) for name in names),
        *(*_ORIGIN, "stream", "partitionKey", "data"),
        reason.alias("reason"),
    )
    raw = F.when(F.col("reason").isNotNull(), F.col("data")).alias("raw")
    return sent.select(
        *columns(table, sent),
        unparsed(table, sent).alias("unparsed"),
        *(*_ORIGIN, "stream", "partitionKey", "reason"),
        raw,
    )
