"""The streaming queries: a stream, a table, a checkpoint for each table, and one query for each shared stream."""

import logging
from collections.abc import Callable
from functools import partial

from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.streaming.query import StreamingQuery

from services.aws import kinesis_options
from services.settings import Settings
from services.tables import TABLES
from spark_jobs.lake import SpeedTier, speed_quarantine, speed_tier
from spark_jobs.session import cause
from spark_jobs.speed import guard
from spark_jobs.speed.rows import rows
from spark_jobs.speed.shared_sink import SharedSink
from spark_jobs.speed.shared_stream import shared_stream
from spark_jobs.speed.sink import DeltaSink

TRIGGER = "400 milliseconds"
"""Least time between two micro-batches of a query: without it a trickle of records would take a whole core."""

STARTS = 5

log = logging.getLogger(__name__)


def start(spark: SparkSession, settings: Settings) -> list[StreamingQuery]:
    """Start all queries, one after the other; one that a killed application left running is ended by Spark first.

    Raises:
        RefusedError: a table and its checkpoint do not belong together; no query is started then.
    """
    spark.conf.set("spark.sql.streaming.stopActiveRunOnRestart", "true")
    tiers = [speed_tier(settings, table) for table in TABLES]
    identifiers = [guard.query_id(tier) for tier in tiers]
    pairs = zip(tiers, identifiers, strict=True)
    return [
        _patiently(tier.name, partial(_start, spark, settings, tier, identifier))
        for tier, identifier in pairs
    ]


def _patiently(name: str, begin: Callable[[], StreamingQuery]) -> StreamingQuery:
    """Start one query; a busy machine may not have its Python process up in the ten seconds that Spark waits."""
    for _ in range(STARTS - 1):
        try:
            return begin()
        except PySparkException as error:
            log.warning("starting %s once more: %s", name, cause(error))
    return begin()


def _start(
    spark: SparkSession, settings: Settings, tier: SpeedTier, query_id: str
) -> StreamingQuery:
    quarantine = speed_quarantine(settings.lake)
    sink = DeltaSink(str(tier.rows), str(quarantine), query_id, tier.checkpoint)
    return (
        rows(source(spark, settings, tier.stream), tier.table)
        .writeStream.queryName(tier.name)
        .option("checkpointLocation", str(tier.checkpoint))
        .trigger(processingTime=TRIGGER)
        .foreachBatch(sink)
        .start()
    )


def start_shared(spark: SparkSession, settings: Settings, stream: str) -> StreamingQuery:
    """Start the query of a shared stream.

    Raises:
        RefusedError: tables and checkpoint do not belong together.
    """
    place = shared_stream(settings, stream)
    tables = {name: str(rows) for name, rows in place.rows.items()}
    sink = SharedSink(tables, str(place.quarantine), place.query_id(), place.checkpoint)
    writer = (
        source(spark, settings, stream)
        .writeStream.queryName(f"stream {stream}")
        .option("checkpointLocation", str(place.checkpoint))
        .trigger(processingTime=TRIGGER)
        .foreachBatch(sink)
    )
    return _patiently(stream, writer.start)


def source(spark: SparkSession, settings: Settings, stream: str) -> DataFrame:
    """A stream, from its first record on; a log that an emulator has lost is the ledger's to tell of."""
    options = {
        **kinesis_options(settings),
        "streamName": stream,
        "initialPosition": "trim_horizon",
        "failOnLogLoss": "false",
    }
    return spark.readStream.format("kinesis").options(**options).load()
