"""A micro-batch is in the table and in quarantine once, however often Spark repeats it."""

import copy
import pickle
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pytest
from deltalake import DeltaTable
from pyspark.sql import DataFrame

from services.settings import Settings
from services.tables import USER
from spark_jobs.lake import speed_quarantine, speed_tier
from spark_jobs.speed import tables
from spark_jobs.speed.sink import DeltaSink

ARRIVED = datetime(2026, 11, 21, 12, tzinfo=UTC)
QUERY = "6c0a1e1c-0000-4000-8000-000000000000"

_COLUMNS = pa.schema(
    [
        *tables.columns(USER),
        *(tables.QUARANTINE.field(name) for name in ("stream", "partitionKey", "reason", "raw")),
    ]
)


class _Batch:
    """What Spark hands to `foreachBatch`, as far as the sink looks at it."""

    def __init__(self, *records: dict[str, Any]) -> None:
        self._records = list(records)

    def toArrow(self) -> pa.Table:
        return pa.Table.from_pylist(self._records, _COLUMNS)


def _batch(*records: dict[str, Any]) -> DataFrame:
    return cast("DataFrame", _Batch(*records))


def _record(ind: int, reason: str | None = None) -> dict[str, Any]:
    return {
        "ind": None if reason else ind,
        "shardId": "shardId-000000000000",
        "sequenceNumber": str(ind),
        "approximateArrivalTimestamp": ARRIVED,
        "stream": "s",
        "partitionKey": str(ind),
        "reason": reason,
        "raw": b"{broken" if reason else None,
    }


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The tables of a stack of this test's own."""
    made = Settings(state_dir=tmp_path)
    tables.create(made)
    return made


@pytest.fixture
def sink(settings: Settings) -> DeltaSink:
    """A sink into one of them."""
    tier = speed_tier(settings, USER)
    return DeltaSink(str(tier.rows), str(speed_quarantine(settings.lake)), QUERY, tier.checkpoint)


def _inds(sink: DeltaSink) -> list[int]:
    return sorted(DeltaTable(sink.rows).to_pyarrow_table()["ind"].to_pylist())


def _aside(sink: DeltaSink) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = DeltaTable(sink.quarantine).to_pyarrow_table().to_pylist()
    return found


def test_rows_and_bad_records_part(sink: DeltaSink) -> None:
    """A record with a reason goes to quarantine with its bytes and its origin; its neighbours are rows."""
    sink(_batch(_record(1), _record(2, "not valid JSON"), _record(3)), 0)
    assert _inds(sink) == [1, 3]
    (bad,) = _aside(sink)
    assert (bad["sequenceNumber"], bad["raw"], bad["reason"]) == ("2", b"{broken", "not valid JSON")
    assert bad["approximateArrivalTimestamp"] == ARRIVED


def test_a_repeated_batch_adds_nothing(sink: DeltaSink) -> None:
    """Neither to the table nor to quarantine, in the same process or in the one after a restart."""
    batch = _batch(_record(1), _record(2, "not valid JSON"))
    sink(batch, 0)
    sink(batch, 0)
    copy.copy(sink)(batch, 0)
    assert _inds(sink) == [1]
    assert len(_aside(sink)) == 1


def test_half_a_batch_is_completed(sink: DeltaSink) -> None:
    """A process that died between quarantine and table is followed by one that writes only the rows."""
    dying = copy.copy(sink)
    dying(_batch(_record(2, "not valid JSON")), 0)
    sink(_batch(_record(1), _record(2, "not valid JSON")), 0)
    assert _inds(sink) == [1]
    assert len(_aside(sink)) == 1


def test_two_processes_with_the_same_batch(sink: DeltaSink) -> None:
    """A process that the server forgot to end, and its successor, both know the table's last state."""
    old, new = copy.copy(sink), copy.copy(sink)
    old(_batch(_record(1)), 0)
    new(_batch(_record(1)), 0)
    old(_batch(_record(2)), 1)
    new(_batch(_record(2)), 1)
    new(_batch(_record(3)), 2)
    assert _inds(sink) == [1, 2, 3]


def test_queries_do_not_shadow_each_other(sink: DeltaSink, settings: Settings) -> None:
    """Batch numbers count for each query alone, though all share the quarantine."""
    other = DeltaSink(sink.rows, sink.quarantine, "another query", sink.checkpoint)
    sink(_batch(_record(1, "not valid JSON")), 5)
    other(_batch(_record(2, "not valid JSON")), 0)
    assert sorted(row["sequenceNumber"] for row in _aside(sink)) == ["1", "2"]


def test_a_batch_without_records_makes_no_commit(sink: DeltaSink) -> None:
    """Versions of the table are made by records only."""
    before = DeltaTable(sink.rows).version()
    sink(_batch(), 0)
    assert DeltaTable(sink.rows).version() == before


def test_travels_to_the_server(sink: DeltaSink) -> None:
    """Spark pickles the sink; open tables stay behind."""
    sink(_batch(_record(1)), 0)
    arrived: DeltaSink = pickle.loads(pickle.dumps(sink))  # noqa: S301 - our own bytes
    arrived(_batch(_record(1)), 0)
    arrived(_batch(_record(2)), 1)
    assert _inds(sink) == [1, 2]
