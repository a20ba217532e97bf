"""What Spark's own wrapper does with the reader: rows as Arrow, kept until they are committed, and no longer."""

import copy
import pickle
from typing import Any

import pytest
from pyspark.sql.datasource_internal import _SimpleStreamReaderWrapper
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.streaming.datasource import ReadAllAvailable

from spark_jobs.data_sources.pyspark_kinesis import options
from spark_jobs.data_sources.pyspark_kinesis.client.kinesis import Kinesis
from spark_jobs.data_sources.pyspark_kinesis.errors import SourceError
from spark_jobs.data_sources.pyspark_kinesis.reader import KinesisStreamReader
from spark_jobs.data_sources.pyspark_kinesis.rows import SCHEMA, Prefetched, arrow
from spark_jobs.data_sources.pyspark_kinesis.source import DefaultSource
from tests.support.kpl import aggregated
from tests.unit.pyspark_kinesis.fake_kinesis import FakeKinesis

GIVEN = {"streamName": "s", "initialPosition": "earliest", "maxRecordsPerTrigger": "3"}


@pytest.fixture
def fake() -> FakeKinesis:
    """A Kinesis with one stream of ten records."""
    made = FakeKinesis()
    made.create("s")
    made.put("s", *map(str, range(10)))
    return made


@pytest.fixture
def wrapper(fake: FakeKinesis, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The reader in Spark's wrapper."""
    monkeypatch.setattr(KinesisStreamReader, "_connect", lambda _self: Kinesis(fake))
    return _SimpleStreamReaderWrapper(KinesisStreamReader(options.parse(GIVEN)))


def test_schema() -> None:
    """The batches have exactly the schema that Spark makes of the six columns."""
    record = {
        "PartitionKey": "k",
        "Data": b"d",
        "SequenceNumber": "1",
        "ApproximateArrivalTimestamp": FakeKinesis().arrival(),
    }
    page = arrow("s", "shardId-000000000000", [record])
    assert page.schema == to_arrow_schema(SCHEMA, timezone="UTC")
    assert page.to_pylist()[0]["approximateArrivalTimestamp"] == FakeKinesis().arrival()


def test_rows_are_freed(wrapper: Any) -> None:
    """After its commit a batch's rows are gone, though Spark keeps its last iterator."""
    offsets = [wrapper.initialOffset()]
    for _ in range(3):
        offsets.append(wrapper.latestOffset(offsets[-1], ReadAllAvailable()))
    assert [b.num_rows for b in wrapper.getCache(offsets[1], offsets[2]) or []] == [3]
    assert [b.num_rows for b in wrapper.getCache(offsets[1], offsets[3]) or []] == [3, 3]
    wrapper.commit(offsets[2])
    assert [b.num_rows for b in wrapper.getCache(offsets[2], offsets[3]) or []] == [3]
    wrapper.commit(offsets[3])
    assert all(not list(copy.copy(entry.iterator)) for entry in wrapper.cache)


def test_idle_query_keeps_nothing(wrapper: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks that find nothing leave nothing behind."""
    monkeypatch.setattr("spark_jobs.data_sources.pyspark_kinesis.reader._FIRST_RECORD_WAIT", 0.0)
    offset = wrapper.latestOffset(wrapper.initialOffset(), ReadAllAvailable())
    for _ in range(20):
        offset = wrapper.latestOffset(offset, ReadAllAvailable())
        wrapper.commit(offset)
    assert len(wrapper.cache) <= 1
    assert not wrapper.simple_reader._batches


def test_first_batch_is_empty(wrapper: Any) -> None:
    """It fixes the positions, so that they are in the checkpoint before a record depends on them."""
    begin = wrapper.initialOffset()
    end = wrapper.latestOffset(begin, ReadAllAvailable())
    assert begin == {"streams": {}}
    assert list(wrapper.getCache(begin, end) or [None]) == []
    assert list(end["streams"]["s"]["shards"]) == ["shardId-000000000000"]


def test_reader_is_pickled_without_its_client(wrapper: Any) -> None:
    """Spark sends the reader to its executors, also after it has read."""
    wrapper.latestOffset(wrapper.initialOffset(), ReadAllAvailable())
    again = pickle.loads(pickle.dumps(wrapper.simple_reader))  # noqa: S301 - our own
    assert again._fetcher is None


def test_copies_are_independent() -> None:
    """Each copy of a batch begins at its beginning, until the rows are freed."""
    record = {
        "PartitionKey": "k",
        "Data": b"d",
        "SequenceNumber": "1",
        "ApproximateArrivalTimestamp": FakeKinesis().arrival(),
    }
    rows = Prefetched([arrow("s", "shard", [record])])
    assert len(list(copy.copy(rows))) == len(list(copy.copy(rows))) == 1
    rows.free()
    assert list(copy.copy(rows)) == []


def test_options_without_effect_are_logged_once(
    wrapper: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """The warnings come from the process that reads."""
    wrapper.simple_reader._options = options.parse({**GIVEN, "roleArn": "r"})
    offset = wrapper.initialOffset()
    for _ in range(3):
        offset = wrapper.latestOffset(offset, ReadAllAvailable())
    assert caplog.text.count("roleArn is ignored") == 1


def test_batch_read_is_refused() -> None:
    """`spark.read` is told what to use instead."""
    with pytest.raises(SourceError, match=r"spark\.readStream"):
        DefaultSource(GIVEN).reader(SCHEMA)


def test_an_aggregated_record_is_a_row_for_each_user_record() -> None:
    """Each with its own key and data, under the number of the record that it came in; a broken one is as it was."""
    sent = [("a", b"1"), ("b", b"2"), ("a", b"3")]
    packed, broken = aggregated(sent), aggregated(sent)[:-1]
    arrived = FakeKinesis().arrival()
    page = arrow(
        "s",
        "shard",
        [
            {"PartitionKey": "k", "SequenceNumber": number, "Data": data}
            | {"ApproximateArrivalTimestamp": arrived}
            for number, data in (("1", packed), ("2", broken))
        ],
    )
    assert [
        (row["sequenceNumber"], row["partitionKey"], row["data"]) for row in page.to_pylist()
    ] == [("1", "a", b"1"), ("1", "b", b"2"), ("1", "a", b"3"), ("2", "k", broken)]
    assert {row["approximateArrivalTimestamp"] for row in page.to_pylist()} == {arrived}


def test_limits_and_offsets_count_kinesis_records(wrapper: Any, fake: FakeKinesis) -> None:
    """Three records a batch, one of which holds five user records; a repeated batch has the same rows."""
    fake.streams["s"].shards[0].records[2]["Data"] = aggregated([("k", b"v")] * 5)
    begin = wrapper.latestOffset(wrapper.initialOffset(), ReadAllAvailable())
    middle = wrapper.latestOffset(begin, ReadAllAvailable())
    end = wrapper.latestOffset(middle, ReadAllAvailable())
    assert [b.num_rows for b in wrapper.getCache(begin, end)] == [7, 3]
    reader = wrapper.simple_reader
    again = reader.readBetweenOffsets(begin, middle)
    assert sum(page.num_rows for page in again) == 7
