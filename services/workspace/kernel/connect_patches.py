"""What Databricks' PySpark takes and Spark Connect's does not: put into PySpark's classes, in this process only."""

from typing import Any

import pyspark
from pyspark.sql import SparkSession
from pyspark.sql.connect.conf import RuntimeConf
from pyspark.sql.connect.dataframe import DataFrame
from pyspark.sql.connect.readwriter import DataFrameReader, DataFrameWriter
from pyspark.sql.connect.session import SparkSession as ConnectSession
from pyspark.sql.connect.streaming.readwriter import DataStreamReader, DataStreamWriter

from services.settings import Settings
from services.workspace.dbfs_paths import spark_path
from services.workspace.kernel import checkpoints, local_s3, streams
from services.workspace.kernel.display import display
from services.workspace.kernel.local_rdd import LocalRdd
from services.workspace.kernel.notices import say_once
from services.workspace.kernel.patching import Method, wrap
from services.workspace.kernel.spark_context import SparkContextFacade, spark_context
from services.workspace.kernel.table_names import local_name, local_sql, written_table


def install(spark: SparkSession, settings: Settings) -> None:
    """Change PySpark's classes for this process; the notebook's session is the one that they all give."""
    _session(spark)
    _configuration()
    _names(spark, settings)
    _paths()
    _kinesis(settings)
    _streams(spark, settings)
    _frames()


def _claim(spark: SparkSession, settings: Settings, name: str) -> None:
    """Make a name free for a table of the notebook's own."""


def _session(spark: SparkSession) -> None:
    def stop(_: Method) -> Method:
        return lambda _self: say_once(
            "stop", "spark.stop(): the session stays open; it ends with the notebook."
        )

    def create(_: Method) -> Method:
        return lambda builder: builder.getOrCreate()

    wrap(ConnectSession, "stop", stop)
    wrap(ConnectSession.Builder, "create", create)
    facade = spark_context(spark)
    ConnectSession.sparkContext = property(lambda _session: facade)
    pyspark.SparkContext.getOrCreate = classmethod(lambda _class, conf=None: facade)
    pyspark.SparkContext.__new__ = lambda _class, *_args, **_kwargs: facade


def _configuration() -> None:
    def kept(configs: dict[str, Any]) -> dict[str, Any]:
        away = [key for key in configs if local_s3.leads_away(key)]
        if away:
            say_once("s3", f"{away[0]}: not set. S3 is the local one, with its own keys.")
        return {key: value for key, value in configs.items() if key not in away}

    def one(original: Method) -> Method:
        def set_one(conf: RuntimeConf, key: str, value: Any) -> None:
            for name, kept_value in kept({key: value}).items():
                original(conf, name, kept_value)

        return set_one

    def several(original: Method) -> Method:
        return lambda conf, configs, silent: original(conf, kept(configs), silent)

    wrap(RuntimeConf, "set", one)
    wrap(RuntimeConf, "_set_all", several)


def _names(spark: SparkSession, settings: Settings) -> None:
    def sql(original: Method) -> Method:
        def run(session: ConnectSession, sqlQuery: str, *args: Any, **kwargs: Any) -> Any:  # noqa: N803
            text = local_sql(sqlQuery)
            if name := written_table(text):
                _claim(spark, settings, name)
            return original(session, text, *args, **kwargs)

        return run

    def read(original: Method) -> Method:
        return lambda reader, tableName: original(reader, local_name(tableName))  # noqa: N803

    def write(original: Method) -> Method:
        def save(owner: Any, name: str, *args: Any, **kwargs: Any) -> Any:
            _claim(spark, settings, local_name(name))
            return original(owner, local_name(name), *args, **kwargs)

        return save

    wrap(ConnectSession, "sql", sql)
    wrap(DataFrameReader, "table", read)
    wrap(DataStreamReader, "table", read)
    wrap(DataFrameWriter, "saveAsTable", write)
    wrap(DataFrameWriter, "insertInto", write)
    wrap(DataFrame, "writeTo", write)


def _paths() -> None:
    def load(original: Method) -> Method:
        def run(reader: Any, path: Any = None, *args: Any, **kwargs: Any) -> Any:
            return original(reader, _places(path), *args, **kwargs)

        return run

    wrap(DataFrameReader, "load", load)
    wrap(DataFrameWriter, "save", load)


def _places(path: Any) -> Any:
    if isinstance(path, str):
        return spark_path(path)
    return [spark_path(item) for item in path] if isinstance(path, (list, tuple)) else path


def _kinesis(settings: Settings) -> None:
    def load(original: Method) -> Method:
        def run(reader: Any, path: Any = None, format: Any = None, *args: Any, **kw: Any) -> Any:  # noqa: A002
            if format is not None:
                reader.format(format)
            if str(reader._format).lower() == "kinesis":
                reader._options = local_s3.kinesis_options(reader._options, settings)
                say_once("kinesis", "Streams are read from the local Kinesis, with its own keys.")
            return original(reader, _places(path), None, *args, **kw)

        return run

    wrap(DataStreamReader, "load", load)


def _streams(spark: SparkSession, settings: Settings) -> None:
    def begin(original: Method) -> Method:
        def run(writer: DataStreamWriter, **given: Any) -> Any:
            table, path = given.pop("tableName", None), given.pop("path", None)
            if table:
                table = local_name(table)
                _claim(spark, settings, table)
            path = _places(path)
            target = checkpoints.table_target(table) if table else None
            if path:
                target = checkpoints.path_target(path)
            folder = _checkpoint(writer, given, target)
            query = original(writer, path=path, tableName=table, **given)
            streams.remember(query, table or query.name or path or query.id, folder)
            return query

        return run

    wrap(DataStreamWriter, "_start_internal", begin)
    DataStreamWriter.table = DataStreamWriter.toTable


_shared: dict[str, str] = {}


def _checkpoint(writer: DataStreamWriter, given: dict[str, Any], target: str | None) -> str:
    options = writer._write_proto.options
    for name in [name for name in given if name.lower() == "checkpointlocation"]:
        writer.option("checkpointLocation", given.pop(name))
    key = next((name for name in options if name.lower() == "checkpointlocation"), None)
    if key is None:
        return ""
    folder = str(_places(options[key]))
    if target:
        if _shared.setdefault(folder, target) != target:
            say_once(
                f"checkpoint {folder}",
                f"Several streams share the checkpoint {folder}: each has a folder of its own in it.",
            )
        folder = checkpoints.own_folder(folder, target)
    options[key] = folder
    return folder


def _frames() -> None:
    pyspark.sql.DataFrame.display = lambda frame, *args, **options: display(frame, *args, **options)
    DataFrame.rdd = property(LocalRdd.of_frame)


__all__ = ["SparkContextFacade", "install"]
