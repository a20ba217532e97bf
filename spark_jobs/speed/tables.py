"""The speed layer's Delta tables: three of clean rows, and the quarantine of all streams."""

import pyarrow as pa
from deltalake import DeltaTable
from pyspark.sql import SparkSession

from services.settings import Settings
from services.tables import TABLES, Table
from spark_jobs.lake import speed_quarantine, speed_tier
from spark_jobs.schemas import schema

_MOMENT = pa.timestamp("us", tz="UTC")

_TYPES = {
    "INT": pa.int32(),
    "STRING": pa.string(),
    "TIMESTAMP": _MOMENT,
    "ARRAY<DOUBLE>": pa.list_(pa.float64()),
}

ORIGIN = [
    ("shardId", pa.string()),
    ("sequenceNumber", pa.string()),
    ("approximateArrivalTimestamp", _MOMENT),
]
"""Where a record comes from: columns of the source that its row keeps."""

QUARANTINE = pa.schema(
    [
        ("stream", pa.string()),
        *ORIGIN,
        ("partitionKey", pa.string()),
        ("raw", pa.binary()),
        ("reason", pa.string()),
        ("quarantined_at", _MOMENT),
    ]
)

KEPT = "interval 10 minutes"
"""How long files outlive the version that last needed them; readers may take that long."""

_PROPERTIES = {
    "delta.checkpointInterval": "100",
    "delta.logRetentionDuration": KEPT,
    "delta.deletedFileRetentionDuration": KEPT,
}


def columns(table: Table) -> pa.Schema:
    """Columns of a table of clean rows (docs/architecture.md)."""
    clean = [(name, _TYPES[kind]) for name, kind in schema(table).clean.items()]
    return pa.schema([*clean, ("unparsed", pa.map_(pa.string(), pa.string())), *ORIGIN])


def create(settings: Settings) -> None:
    """Make the tables that are not there yet."""
    for table in TABLES:
        _create(str(speed_tier(settings, table).rows), columns(table))
    _create(str(speed_quarantine(settings.lake)), QUARANTINE)


def register(spark: SparkSession, settings: Settings) -> None:
    """Name the tables in the server's catalog, which forgets them when it restarts."""
    for table in TABLES:
        tier = speed_tier(settings, table)
        place = str(tier.rows).replace("'", "\\'")
        spark.sql(f"CREATE TABLE IF NOT EXISTS `{tier.name}` USING delta LOCATION '{place}'")


def _create(path: str, columns: pa.Schema) -> None:
    DeltaTable.create(path, columns, mode="ignore", configuration=_PROPERTIES)
