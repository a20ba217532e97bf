"""The three streaming queries: a stream, a table, a checkpoint each."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.streaming.query import StreamingQuery

from services.settings import Settings
from services.tables import TABLES, Table
from spark_jobs.lake import SpeedTier, speed_quarantine, speed_tier
from spark_jobs.speed import guard
from spark_jobs.speed.rows import rows
from spark_jobs.speed.sink import DeltaSink

TRIGGER = "400 milliseconds"
"""Least time between two micro-batches of a query: without it a trickle of records would take a whole core."""

_SESSION = {
    "spark.sql.streaming.noDataMicroBatches.enabled": "false",
    "spark.sql.streaming.metricsEnabled": "false",
    "spark.sql.streaming.stopActiveRunOnRestart": "true",
}


def start(spark: SparkSession, settings: Settings) -> list[StreamingQuery]:
    """Start all queries, side by side; one that a killed application left running is ended by Spark first.

    Raises:
        RefusedError: a table and its checkpoint do not belong together; no query is started then.
    """
    for name, value in _SESSION.items():
        spark.conf.set(name, value)
    tiers = [speed_tier(settings, table) for table in TABLES]
    identifiers = [guard.query_id(tier) for tier in tiers]
    with ThreadPoolExecutor(len(tiers)) as pool:
        return list(pool.map(partial(_start, spark, settings), tiers, identifiers))


def _start(
    spark: SparkSession, settings: Settings, tier: SpeedTier, query_id: str
) -> StreamingQuery:
    quarantine = speed_quarantine(settings.lake)
    sink = DeltaSink(str(tier.rows), str(quarantine), query_id)
    return (
        rows(source(spark, settings, tier.table), tier.table)
        .writeStream.queryName(tier.name)
        .option("checkpointLocation", str(tier.checkpoint))
        .trigger(processingTime=TRIGGER)
        .foreachBatch(sink)
        .start()
    )


def source(spark: SparkSession, settings: Settings, table: Table) -> DataFrame:
    """The table's stream, from its first record on."""
    options = {
        "streamName": table.stream(settings.user_id),
        "region": settings.aws_default_region,
        "endpointUrl": settings.aws_endpoint_url,
        "awsAccessKey": settings.aws_access_key_id.get_secret_value(),
        "awsSecretKey": settings.aws_secret_access_key.get_secret_value(),
        "initialPosition": "trim_horizon",
    }
    given = {name: value for name, value in options.items() if value}
    return spark.readStream.format("kinesis").options(**given).load()
