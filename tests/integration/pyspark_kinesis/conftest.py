"""Streams of one's own, and queries that copy them into Delta tables."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.streaming.query import StreamingQuery

from services.aws import kinesis_client
from services.settings import Settings
from spark_jobs.session import session
from tests.support.polling import eventually

TIMEOUT = 120
"""Seconds within which Spark does what it is asked on a busy machine."""


@pytest.fixture(scope="session")
def spark(spark_infra: Settings) -> Iterator[SparkSession]:
    """A session on the shared server."""
    with session(spark_infra) as opened:
        yield opened


@dataclass
class Streams:
    """A real client of Kinesis; streams get random names and are deleted at the end."""

    client: Any
    names: list[str] = field(default_factory=list)

    def create(self, shards: int = 2) -> str:
        name = f"source-{secrets.token_hex(6)}"
        self.client.create_stream(StreamName=name, ShardCount=shards)
        self.names.append(name)
        self.client.get_waiter("stream_exists").wait(
            StreamName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
        )
        return name

    def put(self, name: str, values: list[str]) -> None:
        """Store each value under itself as the partition key."""
        for first in range(0, len(values), 500):
            entries = [{"Data": v.encode(), "PartitionKey": v} for v in values[first : first + 500]]
            answer = self.client.put_records(StreamName=name, Records=entries)
            assert answer["FailedRecordCount"] == 0


@pytest.fixture
def streams(spark_infra: Settings) -> Iterator[Streams]:
    """Kinesis."""
    made = Streams(kinesis_client(spark_infra))
    yield made
    for name in made.names:
        made.client.delete_stream(StreamName=name)


@dataclass
class Copy:
    """A query from streams into a Delta table, with its checkpoint."""

    spark: SparkSession
    settings: Settings
    folder: Path
    name: str
    options: dict[str, str]

    def source(self) -> DataFrame:
        """The stream as a frame."""
        return self.spark.readStream.format("kinesis").options(**self.options).load()

    def start(self, **trigger: Any) -> StreamingQuery:
        """Start the query; the last argument is a trigger's."""
        writer = self.source().writeStream.format("delta")
        writer = writer.option("checkpointLocation", str(self.checkpoint))
        return writer.trigger(**(trigger or {"processingTime": "0 seconds"})).start(self.table)

    def run(self) -> None:
        """Copy what is there, and end."""
        query = self.start(availableNow=True)
        assert query.awaitTermination(TIMEOUT)

    def run_until(self, count: int) -> None:
        """Run until the table has so many rows, then stop."""
        query = self.start()
        try:
            eventually(
                f"{count} rows", lambda: self.failed(query) or self.count() >= count, TIMEOUT
            )
        finally:
            query.stop()

    @staticmethod
    def failed(query: StreamingQuery) -> bool:
        """Pass a query's failure on."""
        if error := query.exception():
            raise error
        return False

    @property
    def table(self) -> str:
        """The Delta table's folder."""
        return str(self.folder / self.name)

    @property
    def checkpoint(self) -> Path:
        """The query's checkpoint."""
        return self.folder / "_checkpoint"

    def values(self) -> list[str]:
        """What the table holds, sorted."""
        rows = self.spark.read.format("delta").load(self.table).select("data").collect()
        return sorted(bytes(row.data).decode() for row in rows)

    def count(self) -> int:
        """Rows of the table; none before its first commit."""
        if not (Path(self.table) / "_delta_log").exists():
            return 0
        return self.spark.read.format("delta").load(self.table).count()


class Copies:
    """Makes copies that share one folder, and so one checkpoint."""

    def __init__(self, spark: SparkSession, settings: Settings, folder: Path) -> None:
        self._spark, self._settings, self._folder = spark, settings, folder

    def of(self, *names: str, table: str = "table", **options: str) -> Copy:
        """A copy of these streams from their beginning, unless an option says otherwise."""
        where = {
            "streamName": ",".join(names),
            "region": self._settings.aws_default_region,
            "endpointUrl": self._settings.aws_endpoint_url,
            "awsAccessKey": self._settings.aws_access_key_id.get_secret_value(),
            "awsSecretKey": self._settings.aws_secret_access_key.get_secret_value(),
            "initialPosition": "earliest",
        }
        return Copy(self._spark, self._settings, self._folder, table, {**where, **options})


@pytest.fixture
def copies(spark: SparkSession, spark_infra: Settings, tmp_path: Path) -> Copies:
    """Copies in a folder of this test's own."""
    return Copies(spark, spark_infra, tmp_path)
