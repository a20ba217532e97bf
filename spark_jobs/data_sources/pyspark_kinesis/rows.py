"""Records as Arrow: the source's six columns, a row for each user record."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
from pyspark.sql.types import BinaryType, StringType, StructField, StructType, TimestampType

from .kpl_records import user_records

SCHEMA = StructType(
    [
        StructField("partitionKey", StringType()),
        StructField("data", BinaryType()),
        StructField("stream", StringType()),
        StructField("shardId", StringType()),
        StructField("sequenceNumber", StringType()),
        StructField("approximateArrivalTimestamp", TimestampType()),
    ]
)

_ARROW = pa.schema(
    [
        ("partitionKey", pa.string()),
        ("data", pa.binary()),
        ("stream", pa.string()),
        ("shardId", pa.string()),
        ("sequenceNumber", pa.string()),
        ("approximateArrivalTimestamp", pa.timestamp("us", tz="UTC")),
    ]
)


def arrow(stream: str, shard_id: str, records: Sequence[dict[str, Any]]) -> pa.RecordBatch:
    """One page of one shard; an aggregated record's rows share its number and arrival."""
    found = [
        (key, data, record["SequenceNumber"], _micros(record["ApproximateArrivalTimestamp"]))
        for record in records
        for key, data in user_records(record["Data"]) or [(record["PartitionKey"], record["Data"])]
    ]
    keys, values, numbers, arrivals = zip(*found, strict=True) if found else ((), (), (), ())
    count = len(found)
    columns = [keys, values, [stream] * count, [shard_id] * count, numbers, arrivals]
    arrays = [pa.array(values, field.type) for values, field in zip(columns, _ARROW, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=_ARROW)


def _micros(moment: datetime) -> int:
    """Since 1970. Given datetimes, pyarrow would import pandas to look for its own kind of them."""
    return round(moment.timestamp() * 1_000_000)


class Prefetched(Iterator[pa.RecordBatch]):
    """A micro-batch in memory, until it is committed.

    Spark keeps each batch's iterator, the last one for as long as the query is idle; `free` empties it and its copies.
    """

    def __init__(self, batches: list[pa.RecordBatch]) -> None:
        self._batches = batches
        self._next = 0

    def __copy__(self) -> "Prefetched":
        return Prefetched(self._batches)

    def __next__(self) -> pa.RecordBatch:
        if self._next >= len(self._batches):
            raise StopIteration
        self._next += 1
        return self._batches[self._next - 1]

    def free(self) -> None:
        self._batches.clear()
