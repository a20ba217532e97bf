"""The serving view: batch, speed, and both merged, on real Delta tables."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from deltalake import write_deltalake
from pyspark.sql import SparkSession

from services.settings import Settings
from services.tables import GEO, PIN, TABLES, USER, Table
from spark_jobs.answers import answer
from spark_jobs.batch import run
from spark_jobs.lake import speed_tier
from spark_jobs.schemas import schema
from spark_jobs.serving.views import NothingYetError, read_layers

from .conftest import Sink

JOINED = "users_joined_per_year"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)

_TYPES = {
    "INT": pa.int32(),
    "STRING": pa.string(),
    "ARRAY<DOUBLE>": pa.list_(pa.float64()),
    "TIMESTAMP": pa.timestamp("us", tz="UTC"),
}
_ORIGIN = {
    "unparsed": pa.map_(pa.string(), pa.string()),
    "shardId": pa.string(),
    "sequenceNumber": pa.string(),
    "approximateArrivalTimestamp": pa.timestamp("us", tz="UTC"),
}


def _speed(settings: Settings, table: Table, events: Iterable[Mapping[str, Any]]) -> None:
    """The speed layer's table; an event arrives at noon on the first shard unless it says else."""
    kinds = {name: _TYPES[kind] for name, kind in schema(table).clean.items()} | _ORIGIN
    usual = {"shardId": "shardId-000000000000", "approximateArrivalTimestamp": NOON}
    rows = [dict.fromkeys(kinds) | usual | dict(event) for event in events]
    place = str(speed_tier(settings, table).rows)
    write_deltalake(place, pa.Table.from_pylist(rows, pa.schema(kinds)), mode="append")


def _joined(ind: int, year: int, number: str, **more: Any) -> dict[str, Any]:
    return {
        "ind": ind,
        "date_joined": datetime(year, 1, 1, tzinfo=UTC),
        "sequenceNumber": number,
        **more,
    }


def _three(settings: Settings, users: Iterable[Mapping[str, Any]]) -> None:
    _speed(settings, PIN, [{"ind": 1, "category": "art", "sequenceNumber": "1"}])
    _speed(settings, GEO, [{"ind": 1, "country": "X", "sequenceNumber": "1"}])
    _speed(settings, USER, users)


def _batched(sink: Sink, settings: Settings, users: Iterable[tuple[int, int]]) -> None:
    sink.rows(PIN, 0, [{"index": 1, "category": "art"}])
    sink.rows(GEO, 0, [{"ind": 1, "country": "X"}])
    rows = ({"ind": ind, "date_joined": f"{year}-01-01T00:00:00"} for ind, year in users)
    sink.rows(USER, 0, rows)
    run.run(settings, stages=["bronze", "silver"])


def _years(
    spark: SparkSession, settings: Settings, view: str, *, every_event: bool = False
) -> dict[int, int]:
    rows = answer(spark, settings, view, every_event=every_event)[JOINED]
    return {row["join_year"]: row["number_users_joined"] for row in rows}


def test_the_newest_event_of_the_speed_layer_wins(spark: SparkSession, mine: Settings) -> None:
    """Arrival decides, then the sequence number as an integer: 10 is above 9, though not as text."""
    _three(
        mine,
        [
            _joined(1, 2016, "9"),
            _joined(1, 2017, "10"),
            _joined(2, 2015, "1", approximateArrivalTimestamp=NOON + timedelta(seconds=1)),
            _joined(2, 2019, "8" * 56, shardId="shardId-000000000001"),
        ],
    )

    assert _years(spark, mine, "speed") == {2017: 1, 2015: 1}
    assert _years(spark, mine, "speed", every_event=True) == {2015: 1, 2016: 1, 2017: 1, 2019: 1}
    rows = read_layers(spark, mine, "speed").view("speed")[USER]
    assert rows.columns == list(schema(USER).clean)


def test_merged_is_the_batchs_truth_and_what_only_the_speed_layer_has(
    spark: SparkSession, mine: Settings, sink: Sink
) -> None:
    """A newer event of an ind that the batch knows waits for the batch; every event likewise."""
    _batched(sink, mine, [(1, 2015), (1, 2016), (2, 2016)])
    _three(mine, [_joined(1, 2020, "1"), _joined(3, 2018, "2"), _joined(3, 2019, "3")])

    assert _years(spark, mine, "batch") == {2016: 2}
    assert _years(spark, mine, "merged") == {2016: 2, 2019: 1}
    every = _years(spark, mine, "merged", every_event=True)
    assert every == {2015: 1, 2016: 2, 2018: 1, 2019: 1}


def test_merged_needs_one_layer_only(spark: SparkSession, mine: Settings, sink: Sink) -> None:
    """Before the first batch the merged view is the speed layer's; without a stream, the batch's."""
    with pytest.raises(NothingYetError, match="neither layer has pin, geo, user rows"):
        answer(spark, mine, "merged")
    _three(mine, [_joined(3, 2018, "2")])
    assert _years(spark, mine, "merged") == {2018: 1}
    elsewhere = mine.model_copy(update={"lake_dir": mine.state_dir / "other"})
    _batched(sink, elsewhere, [(1, 2016)])
    assert _years(spark, elsewhere, "merged") == {2016: 1}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_layer_without_a_table_is_named(
    spark: SparkSession, mine: Settings, table: Table
) -> None:
    """A table that is not there, or has no row yet: which one, and the command that fills it."""
    _three(mine, [_joined(3, 2018, "2")])
    other = mine.model_copy(update={"user_id": "f" * 12})
    for one in TABLES:
        if one != table:
            _speed(other, one, [{"ind": 1, "sequenceNumber": "1"}])
    _speed(other, table, [])

    with pytest.raises(NothingYetError, match=rf"no {table.name} rows.*make emulate LAYER=speed"):
        answer(spark, other, "speed")
    with pytest.raises(NothingYetError, match=r"no pin, geo, user rows.*make batch"):
        answer(spark, other, "batch")
