"""DBFS, mounts and tables as a notebook's session sees them: the real Spark server over the real S3."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from secrets import token_hex
from typing import cast

import pytest
from deltalake import DeltaTable
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from services.aws import s3_client
from services.settings import Settings
from services.tables import PIN, TABLES, bucket
from services.workspace.catalog.table_locks import shared_write_lock
from services.workspace.catalog.table_registration import (
    free_name,
    register_tables,
    remove_dropped_files,
)
from services.workspace.credentials import STAND_IN, ensure_credentials
from services.workspace.kernel.dbutils import fs_files
from services.workspace.kernel.dbutils.filesystem import FileSystemUtils
from services.workspace.kernel.dbutils.fs_call import ExecutionError
from services.workspace.storage.dbfs_paths import spark_path
from services.workspace.storage.mounts import session_conf
from spark_jobs.session import connect, session
from spark_jobs.speed import tables as speed
from tests.support.polling import eventually

OBJECTS = 12


@pytest.fixture(scope="module")
def settings(spark_infra: Settings) -> Settings:
    """Another user's bucket and mounts; DBFS is the server's own."""
    return spark_infra.model_copy(update={"user_id": token_hex(6)})


@pytest.fixture(scope="module")
def folder() -> str:
    """A place in DBFS that only these tests use."""
    return f"/test-{token_hex(4)}"


@pytest.fixture(scope="module")
def topics(settings: Settings) -> str:
    """Folder of a topic's objects below the bucket."""
    s3, name = s3_client(settings), bucket(settings.user_id)
    topic = PIN.topic(settings.user_id)
    s3.create_bucket(Bucket=name)
    for n in range(OBJECTS):
        key = f"topics/{topic}/partition=0/{topic}+0+{n:010}.json"
        s3.put_object(Bucket=name, Key=key, Body=b'{"index":%d}\n' % n)
    return f"topics/{topic}/partition=0"


@pytest.fixture(scope="module")
def spark(settings: Settings) -> Iterator[SparkSession]:
    """A notebook's session."""
    with session(settings) as spark:
        yield as_notebook(spark, settings)


def as_notebook(spark: SparkSession, settings: Settings) -> SparkSession:
    """Set a session as a notebook's is, in what concerns files and tables."""
    for key, value in {**session_conf(settings), "spark.sql.sources.default": "delta"}.items():
        spark.conf.set(key, value)
    return spark


@pytest.fixture(scope="module")
def fs(spark: SparkSession, settings: Settings) -> FileSystemUtils:
    """The notebook's `dbutils.fs`."""
    return FileSystemUtils(spark, settings)


@pytest.fixture(scope="module")
def mounted(fs: FileSystemUtils, settings: Settings) -> Iterator[str]:
    """The bucket at a mount point, mounted with keys as the course does."""
    point = f"/mnt/{settings.user_id}"
    fs.mount(f"s3n://AKIA:SEC%2FRET@{bucket(settings.user_id)}", point)
    yield point
    fs.unmount(point)


@pytest.fixture
def name(spark: SparkSession, settings: Settings) -> Iterator[str]:
    """Name of a table that is nobody's."""
    name = f"t_{token_hex(4)}"
    yield name
    spark.sql(f"DROP TABLE IF EXISTS {name}")
    remove_dropped_files(spark, settings, name)


def test_every_road_to_the_objects_finds_them_all(
    spark: SparkSession, settings: Settings, mounted: str, topics: str
) -> None:
    """A mounted path with and without its scheme, and S3 by its three names, keys included."""
    name = bucket(settings.user_id)
    roads = [
        f"{mounted}/{topics}/*.json",
        f"dbfs:{mounted}/{topics}/*.json",
        f"s3a://{name}/{topics}/*.json",
        f"s3n://{name}/{topics}/",
        spark_path(f"s3n://AKIA:SEC/RET@{name}/{topics}/*.json"),
    ]
    counts = {spark.read.schema("index int").json(road).count() for road in roads}
    assert counts == {OBJECTS}


def test_a_mount_is_there_in_the_next_session(
    settings: Settings, mounted: str, topics: str
) -> None:
    """It was made in another one."""
    with session(settings) as other:
        as_notebook(other, settings)
        assert other.read.json(f"{mounted}/{topics}/*.json").count() == OBJECTS


def test_what_was_unmounted_is_gone_at_once(
    spark: SparkSession, fs: FileSystemUtils, settings: Settings, topics: str
) -> None:
    """From Spark's view and from the list; mounts with blanks and dots in their names too."""
    point = f"/mnt/of {settings.user_id}.v-1"
    fs.mount(source=f"s3a://{bucket(settings.user_id)}/{topics}", mount_point=point)
    assert spark.read.json(f"{point}/*.json").count() == OBJECTS
    fs.unmount(point)
    assert point not in [row.mountPoint for row in fs.mounts()]
    with pytest.raises(PySparkException, match="PATH_NOT_FOUND"):
        spark.read.json(f"{point}/*.json").count()


def test_a_bucket_that_is_not_here_is_mounted_and_named(
    fs: FileSystemUtils, capsys: pytest.CaptureFixture[str]
) -> None:
    """Users mount the bucket of their closed account: they are told which setting makes it this stack's."""
    absent = token_hex(6)
    fs.mount(f"s3n://AKIA:x@user-{absent}-bucket", f"/mnt/{absent}")
    assert f"USER_ID={absent}" in capsys.readouterr().out
    with pytest.raises(ExecutionError, match=f"no bucket user-{absent}-bucket.*USER_ID={absent}"):
        fs.ls(f"/mnt/{absent}")
    fs.unmount(f"/mnt/{absent}")


def test_ls_of_a_mount(fs: FileSystemUtils, mounted: str, topics: str) -> None:
    """Folders by their prefixes, objects with size and time, a missing one as Databricks says it."""
    [topic] = fs.ls(f"{mounted}/topics")
    assert topic == (f"dbfs:{mounted}/{topics.rpartition('/')[0]}/", topic.name, 0, 0)
    objects = fs.ls(f"{mounted}/{topics}/")
    assert len(objects) == OBJECTS
    assert objects[0].size == len('{"index":0}\n')
    assert objects[0].modificationTime > 1_600_000_000_000
    assert fs.ls(objects[0].path) == objects[:1]
    with pytest.raises(ExecutionError, match=r"FileNotFoundException: .* dbfs:/mnt/.*/none"):
        fs.ls(f"{mounted}/none")


def test_files_go_to_the_bucket_and_back(
    spark: SparkSession, fs: FileSystemUtils, mounted: str, topics: str, folder: str
) -> None:
    """Copied, read by Spark, moved and removed; what a `put` replaces is read as new."""
    fs.cp(f"{mounted}/{topics}", f"{folder}/copy", recurse=True)
    assert spark.read.json(f"{folder}/copy").count() == OBJECTS
    fs.mv(f"{folder}/copy", f"{mounted}/moved", recurse=True)
    assert spark.read.json(f"{mounted}/moved").count() == OBJECTS
    assert fs.rm(f"{folder}/copy", recurse=True) is False
    fs.put(f"{mounted}/moved/more.json", '{"index":99}')
    assert spark.read.json(f"{mounted}/moved").count() == OBJECTS + 1
    with pytest.raises(ExecutionError, match="recurse=True"):
        fs.rm(f"{mounted}/moved")
    assert fs.rm(f"{mounted}/moved", recurse=True) is True
    assert fs.rm(f"{mounted}/moved", recurse=True) is False


def test_a_file_that_spark_wrote_can_be_replaced(
    spark: SparkSession, fs: FileSystemUtils, folder: str
) -> None:
    """Hadoop's checksum of the old content does not stand in the way."""
    spark.range(1).coalesce(1).write.mode("overwrite").csv(f"{folder}/csv")
    [part] = [row for row in fs.ls(f"{folder}/csv") if row.name.startswith("part-")]
    fs.put(part.path, "7\n8\n", overwrite=True)
    assert spark.read.csv(f"{folder}/csv").count() == 2


def test_saved_tables_are_delta_in_the_warehouse(
    spark: SparkSession, settings: Settings, name: str
) -> None:
    """Without a format, and deleted with their name."""
    spark.range(3).write.saveAsTable(name)
    table = settings.dbfs / "user/hive/warehouse" / name
    assert DeltaTable(table).version() == 0
    [detail] = spark.sql(f"DESCRIBE DETAIL {name}").collect()
    assert detail.location == f"dbfs:/user/hive/warehouse/{name}"
    spark.sql(f"DROP TABLE {name}")
    assert not table.exists()


def test_a_catalog_that_forgot_is_told_again(
    spark: SparkSession, settings: Settings, name: str
) -> None:
    """By two sessions at once; the table is then written to, dropped with its files, and made anew."""
    spark.range(3).write.saveAsTable(name)
    forget(spark, settings, name)
    with session(settings) as other, ThreadPoolExecutor(2) as pool:
        list(
            pool.map(
                lambda each: register_tables(each, settings), [spark, as_notebook(other, settings)]
            )
        )
    spark.range(2).write.mode("append").saveAsTable(name)
    assert spark.table(name).count() == 5
    spark.sql(f"DROP TABLE {name}")
    remove_dropped_files(spark, settings, f"`{name}`")
    assert not (settings.dbfs / "user/hive/warehouse" / name).exists()
    spark.range(1).toDF("other").write.saveAsTable(name)
    assert spark.table(name).columns == ["other"]


def test_a_table_in_the_making_is_named_by_its_maker(
    spark: SparkSession, settings: Settings, name: str
) -> None:
    """Its files are there first: a session that begins meanwhile would take the name, and the maker would fail."""
    spark.range(3).write.saveAsTable(name)
    forget(spark, settings, name)
    with shared_write_lock(settings, name):
        register_tables(spark, settings)
        assert not spark.catalog.tableExists(name)
    register_tables(spark, settings)
    assert spark.table(name).count() == 3
    spark.sql(f"DROP TABLE {name}")
    remove_dropped_files(spark, settings, name)


def test_a_table_whose_folder_was_removed_is_made_anew(
    spark: SparkSession, settings: Settings, fs: FileSystemUtils, name: str
) -> None:
    """Notebooks begin anew by `dbutils.fs.rm` of its folder."""
    spark.range(3).write.saveAsTable(name)
    fs.rm(f"dbfs:/user/hive/warehouse/{name}", recurse=True)
    assert free_name(spark, settings, name) is False
    spark.range(2).toDF("other").write.saveAsTable(name)
    assert spark.table(name).columns == ["other"]
    spark.sql(f"DROP TABLE {name}")


def test_a_damaged_table_keeps_no_notebook_from_beginning(
    spark: SparkSession, settings: Settings, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It is named in the log, and the others are there."""
    log = settings.dbfs / "user/hive/warehouse" / name / "_delta_log"
    log.mkdir(parents=True)
    (log / f"{0:020}.json").write_text("no JSON")
    register_tables(spark, settings)
    assert name in caplog.text
    (log / f"{0:020}.json").unlink()
    log.rmdir()
    log.parent.rmdir()


def forget(spark: SparkSession, settings: Settings, name: str) -> None:
    """Take a managed table's name out of the catalog, as a restart of the server does."""
    table = settings.dbfs / "user/hive/warehouse" / name
    aside = table.with_name(f".{name}")
    table.rename(aside)
    spark.sql(f"DROP TABLE IF EXISTS {name}")
    aside.rename(table)


def test_the_speed_layers_tables_keep_their_rows(
    spark: SparkSession, settings: Settings, tmp_path: Path
) -> None:
    """A notebook that writes to such a name gets a table of its own, which keeps the name from then on."""
    settings = settings.model_copy(update={"lake_dir": tmp_path})
    name = PIN.speed_table(settings.user_id)
    speed.create(settings)
    with session(settings) as streaming:
        speed.register(streaming, settings)
    register_tables(spark, settings)
    assert "sequenceNumber" in spark.table(name).columns
    assert free_name(spark, settings, f"default.`{name}`") is True
    assert free_name(spark, settings, name) is False
    spark.range(2).write.saveAsTable(name)
    forget(spark, settings, name)
    with session(settings) as streaming:
        speed.register(streaming, settings)
    register_tables(spark, settings)
    assert spark.table(name).count() == 2
    assert DeltaTable(tmp_path / "speed" / name).version() == 0
    for table in (name, *speed_names(settings)):
        spark.sql(f"DROP TABLE IF EXISTS {table}")
    remove_dropped_files(spark, settings, name)


def speed_names(settings: Settings) -> list[str]:
    """Names of the speed layer's tables."""
    return [table.speed_table(settings.user_id) for table in TABLES]


def test_keys_are_read_as_a_table_and_as_a_file(spark: SparkSession, settings: Settings) -> None:
    """With the local keys in them."""
    ensure_credentials(settings)
    table = spark.read.format("delta").load("dbfs:/user/hive/warehouse/authentication_credentials")
    file = spark.read.csv("/FileStore/tables/authentication_credentials.csv", header=True)
    [key], [same] = table.collect(), file.collect()
    assert key["Access key ID"] == settings.aws_access_key_id.get_secret_value()
    assert same["Secret access key"] == settings.aws_secret_access_key.get_secret_value()


def test_a_table_of_keys_that_changes_is_read_on(spark: SparkSession, settings: Settings) -> None:
    """Spark has seen the old version, of which nothing is left: it reads the new one, also by its name."""
    place = "dbfs:/user/hive/warehouse/authentication_credentials"
    ensure_credentials(settings)
    spark.read.format("delta").load(place).collect()
    try:
        ensure_credentials(settings.model_copy(update={"aws_endpoint_url": "aws"}))
        [row] = spark.read.format("delta").load(place).collect()
        assert row["Access key ID"] == STAND_IN.access_key_id
        with pytest.raises(PySparkException):
            spark.read.format("delta").option("versionAsOf", 0).load(place).collect()
    finally:
        ensure_credentials(settings)
    [row] = spark.read.format("delta").load(place).collect()
    assert row["Secret access key"] == settings.aws_secret_access_key.get_secret_value()


def test_a_stream_keeps_table_and_checkpoint_in_dbfs_until_its_checkpoint_is_removed(
    spark: SparkSession,
    fs: FileSystemUtils,
    folder: str,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Then it is stopped, and can be started anew on the same folder."""
    source = spark.readStream.format("rate").load().select("value")
    writer = source.writeStream.format("delta").option("checkpointLocation", f"{folder}/check/")
    first = writer.toTable(name)
    monkeypatch.setattr(fs_files, "running_checkpoints", lambda: {f"{folder}/check/": first})
    eventually("rows in the table", lambda: spark.table(name).count() > 0)
    assert fs.rm(f"{folder}/check", recurse=True) is True
    assert not first.isActive
    assert fs.rm(f"{folder}/check") is False
    second = writer.toTable(name)
    eventually("a batch", lambda: second.lastProgress)
    second.stop()
    assert second.exception() is None


def test_sessions_of_the_pipeline_keep_plain_local_paths(
    settings: Settings, tmp_path: Path
) -> None:
    """DBFS is the default of notebooks' sessions alone."""
    spark = connect(settings)
    spark.range(3).write.format("delta").save(str(tmp_path / "plain"))
    assert DeltaTable(tmp_path / "plain").version() == 0
    location = cast(str, spark.sql(f"DESCRIBE DETAIL '{tmp_path}/plain'").collect()[0]["location"])
    assert location == f"file:{tmp_path}/plain"
    spark.stop()
