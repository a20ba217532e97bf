"""A notebook's Spark session, `display()` and streams on the real Spark, S3 and Kinesis: few notebooks, many cells."""

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from typing import Any

import nbformat
import pytest
from deltalake import DeltaTable, write_deltalake
from nbformat import NotebookNode

from services.aws import kinesis_client
from services.settings import Settings
from services.tables import TABLES
from services.workspace.execution.executor import Executor
from services.workspace.task_executor import OutcomeStatus, TaskLaunch, TaskOutcome
from spark_jobs.session import session

RECORDS = 30

BATCH = [
    "display(spark.range(1500))",
    """
from pyspark.sql import SparkSession, DataFrame
spark.range(1).createOrReplaceTempView("seen")
again = SparkSession.builder.appName("x").config("spark.hadoop.fs.s3a.access.key", "AKIAREAL").getOrCreate()
assert again is spark and SparkSession.builder.create() is spark
again.table("seen").display()
assert isinstance(again.table("seen"), DataFrame)
""",
    """
spark.stop()
spark.sparkContext.setLogLevel("ERROR")
print(spark.range(3).count(), sc.defaultParallelism, sc.getConf().get("spark.databricks.clusterUsageTags.clusterId"))
print(spark.createDataFrame([("12k",), ("User Info Error",), ("5",)], ["c"]).selectExpr("cast(c as int) n").collect())
print(spark.range(3).rdd.map(lambda row: row.id * 2).collect(), sc.parallelize([(1, "a")]).toDF(["n", "t"]).collect())
""",
    'spark.sql("SET spark.databricks.delta.formatCheck.enabled=false").display()',
    """
from pyspark.sql.functions import udf, pandas_udf
one, two = udf(lambda n: n + 1, "long"), pandas_udf(lambda s: s * 2, "long")
print(spark.range(2).select(one("id"), two("id")).collect())
""",
    """
spark.range(2).write.mode("overwrite").saveAsTable("hive_metastore.default.{uid}_pin_table")
print(spark.table("hive_metastore.default.{uid}_pin_table").count())
print(spark.sql("DESCRIBE DETAIL {uid}_pin_table").first().format)
spark.sql("DROP TABLE {uid}_pin_table")
""",
    """
spark.conf.set("fs.s3a.endpoint", "s3.amazonaws.com")
try:
    spark.read.text("s3n://AKIAREAL:sec%2Fret@user-{uid}-none/x").count()
except Exception as error:
    print("NoSuchBucket" in str(error), "sec%2Fret" in str(error))
""",
    "spark.range(3).rdd.mapPartitions(lambda rows: rows)",
]

STREAMS = [
    """
def read(table):
    return (spark.readStream.format("kinesis").option("streamName", "streaming-{uid}-" + table)
            .option("initialPosition", "earliest").option("region", "eu-west-9")
            .option("awsAccessKey", "AKIAREAL").option("awsSecretKey", "real/+").load())
display(read("pin").selectExpr("CAST(data AS STRING) AS text"))
""",
    'print("at once")',
    """
for table in ("pin", "geo", "user"):
    query = (read(table).selectExpr("CAST(data AS STRING) AS text").writeStream.format("delta").outputMode("append")
             .option("checkpointLocation", "/kinesis/_checkpoints/{uid}/").table("{uid}_" + table + "_table"))
    print(query)
""",
    """
import time
deadline = time.monotonic() + 90
def filled(table):
    return spark.table("{uid}_" + table + "_table").count() == 30
while not all(map(filled, ("pin", "geo", "user"))) and time.monotonic() < deadline:
    time.sleep(0.5)
print(len(spark.streams.active), [query.isActive for query in spark.streams.active])
from services.workspace.kernel.streaming.notebook_queries import running_checkpoints
print(len(running_checkpoints()))
""",
]

FAILING = [
    """
bad = spark.readStream.format("rate").load().selectExpr("raise_error('boom ' || value) AS x")
bad.writeStream.format("memory").queryName("bad").start()
"""
]


@pytest.fixture(scope="module")
def settings(spark_infra: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A user of their own, with a workspace of their own on the stack's DBFS, three streams and a speed table."""
    folder = tmp_path_factory.mktemp("kernel")
    own = spark_infra.model_copy(
        update={
            "user_id": token_hex(6),
            "lake_dir": folder / "lake",
            "workspace_dir": folder / "notebooks",
        }
    )
    own.workspace_dir.mkdir()
    _fill(own)
    return own


@pytest.fixture(scope="module")
def batch(settings: Settings) -> tuple[TaskOutcome, list[str]]:
    """The batch notebook's end, and what each of its cells showed."""
    return _run(settings, "batch", BATCH)


@pytest.fixture(scope="module")
def streams(settings: Settings) -> list[str]:
    """What the streaming notebook's cells showed; it was cancelled while its streams ran."""
    return _run_and_cancel(settings, "streams", STREAMS, until="running, 30 rows so far")


def test_a_long_frame_is_shown_to_its_limit(batch: tuple[TaskOutcome, list[str]]) -> None:
    """N34: a thousand rows and a note."""
    assert "Showing the first 1,000 rows." in batch[1][0]


def test_the_builder_gives_the_notebooks_session(batch: tuple[TaskOutcome, list[str]]) -> None:
    """N51: with its views; a real key given by the way is left out."""
    assert "spark.hadoop.fs.s3a.access.key is not set" in batch[1][1]
    assert "id\n0" in batch[1][1]


def test_a_cluster_of_the_courses_time_answers(batch: tuple[TaskOutcome, list[str]]) -> None:
    """N41, N45: no ANSI, a SparkContext to speak to, and a session that outlives `stop()`."""
    shown = batch[1][2]
    assert "3 2 the-cluster" in shown
    assert "[Row(n=None), Row(n=None), Row(n=5)]" in shown
    assert "[0, 2, 4] [Row(n=1, t='a')]" in shown


def test_databricks_settings_are_taken(batch: tuple[TaskOutcome, list[str]]) -> None:
    """N40, N47: without effect; UDFs of both kinds work."""
    assert "false" in batch[1][3]
    assert "Row(<lambda>(id)=1, <lambda>(id)=0)" in batch[1][4]


def test_a_saved_table_is_the_notebooks_own(
    batch: tuple[TaskOutcome, list[str]], settings: Settings
) -> None:
    """N42: Delta without a format; the speed layer's table of that name keeps its rows and its writer."""
    shown = batch[1][5]
    assert "2\ndelta" in shown
    assert "was the speed layer's table" in shown
    assert DeltaTable(_speed_table(settings)).version() == 0


def test_addresses_of_the_real_s3_mean_the_local_one(batch: tuple[TaskOutcome, list[str]]) -> None:
    """Keys in them are dropped, and show nowhere."""
    assert "True False" in batch[1][6]


def test_what_spark_connect_cannot_is_told(batch: tuple[TaskOutcome, list[str]]) -> None:
    """N46: the run fails with the line and the DataFrame form."""
    outcome = batch[0]
    assert outcome.status is OutcomeStatus.FAILED
    assert "rdd.mapPartitions" in outcome.message
    assert "mapInPandas" in outcome.message
    assert "mapPartitions(lambda rows: rows)" in outcome.error


def test_a_stream_is_displayed_while_cells_run(streams: list[str]) -> None:
    """N36: its rows are in the executed copy, in the cell that asked for them."""
    assert "Streams are read from the local Kinesis" in streams[0]
    assert '"title": "<b>"' in streams[0]
    assert streams[1] == "at once\n"


def test_streams_with_one_checkpoint_folder_all_fill_their_tables(streams: list[str]) -> None:
    """N37, N38: `table()` gives the query; one notice."""
    assert streams[2].count("StreamingQuery object at 0x") == 3
    assert streams[2].count("Several streams were given the checkpoint folder") == 1
    assert "4 [True, True, True, True]" in streams[3]
    assert streams[3].endswith("3\n")


def test_a_cancelled_notebooks_streams_are_stopped(streams: list[str], settings: Settings) -> None:
    """N39: new records stay where they are, and no session is left."""
    assert "running, 30 rows so far" in streams[2]
    assert list((settings.workspace_state / "sessions").glob("[!.]*")) == []
    with session(settings) as spark:
        assert not spark.catalog.tableExists("nowhere")
        before = spark.table(f"{settings.user_id}_geo_table").count()
        _put(settings, 5)
        assert spark.table(f"{settings.user_id}_geo_table").count() == before == RECORDS


def test_a_failed_stream_fails_the_run(settings: Settings) -> None:
    """With its name, its cell and its cause."""
    outcome, shown = _run(settings, "failing", FAILING)
    assert outcome.status is OutcomeStatus.FAILED
    assert outcome.message.startswith(
        "StreamFailedError: Stream bad (started in cell 1) failed: [USER_RAISED_EXCEPTION] boom"
    )
    assert "Stream bad: failed" in shown[0]


def _speed_table(settings: Settings) -> str:
    return str(settings.lake / "speed" / f"{settings.user_id}_pin_table")


def _fill(settings: Settings) -> None:
    client = kinesis_client(settings)
    for table in TABLES:
        client.create_stream(StreamName=table.stream(settings.user_id), ShardCount=1)
    for table in TABLES:
        client.get_waiter("stream_exists").wait(
            StreamName=table.stream(settings.user_id), WaiterConfig={"Delay": 1, "MaxAttempts": 30}
        )
    _put(settings, RECORDS)
    import pyarrow as pa  # noqa: PLC0415 - one use

    write_deltalake(_speed_table(settings), pa.table({"ind": [1, 2, 3]}))


def _put(settings: Settings, count: int) -> None:
    data = json.dumps({"title": "<b>"}).encode()
    records: list[Any] = [{"Data": data, "PartitionKey": "1"}] * count
    for table in TABLES:
        kinesis_client(settings).put_records(
            StreamName=table.stream(settings.user_id), Records=records
        )


def _run(settings: Settings, name: str, cells: list[str]) -> tuple[TaskOutcome, list[str]]:
    launch = _launch(settings, name, cells)

    async def run() -> TaskOutcome:
        executor = Executor(settings)
        try:
            return await executor.run(launch, lambda _place: None)
        finally:
            await executor.close()

    outcome = asyncio.run(asyncio.wait_for(run(), 120))
    return outcome, _shown(launch.folder)


def _run_and_cancel(settings: Settings, name: str, cells: list[str], until: str) -> list[str]:
    """Cancel once the executed copy says something in every stream's line."""
    launch = _launch(settings, name, cells)

    def ready() -> bool:
        copy = launch.folder / "executed.ipynb"
        text = copy.read_text(encoding="utf-8") if copy.exists() else ""
        assert ": failed after" not in text, text
        return text.count(until) == len(TABLES)

    async def run() -> None:
        task = asyncio.create_task(Executor(settings).run(launch, lambda _place: None))
        await _wait(lambda: ready() or task.done())
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    return _shown(launch.folder)


async def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 150
    while not condition():
        assert time.monotonic() < deadline, "the streams were not filled in time"
        await asyncio.sleep(0.2)


def _launch(settings: Settings, name: str, cells: list[str]) -> TaskLaunch:
    source = "\n\n# COMMAND ----------\n\n".join(cell.strip() for cell in cells)
    text = f"# Databricks notebook source\n{source.replace('{uid}', settings.user_id)}\n"
    (settings.workspace_dir / f"{name}.py").write_text(text, encoding="utf-8")
    folder = settings.workspace_dir.parent / name
    folder.mkdir()
    return TaskLaunch("notebook", f"/{name}", folder, 1, 1, 1, name, "the-cluster", folder)


def _shown(folder: Path) -> list[str]:
    """Text of each cell's outputs."""
    copy: NotebookNode = nbformat.read(folder / "executed.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    return ["".join(map(_text, cell.outputs)) for cell in copy.cells if cell.cell_type == "code"]


def _text(output: Any) -> str:
    if output.output_type == "stream":
        return str(output.text)
    if output.output_type == "error":
        return str(output.evalue)
    return f"{output.data['text/plain']}\n"
