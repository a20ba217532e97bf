"""The catalog's names, which Spark's server forgets when it restarts, and whose tables they stand for.

A notebook's own (managed) table lies in `dbfs:/user/hive/warehouse/<name>`. Where there is none, `<uid>_pin_table`
and its sisters are the speed layer's, which has one writer: the streaming application. It names its tables where
the name is free (spark_jobs/speed/tables.py); so does `register_tables`, after the notebooks' own, which go first.
"""

import logging
import re
import shutil
from pathlib import Path

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from services.files import lock_beside
from services.settings import Settings
from services.tables import TABLES
from services.workspace.catalog.table_locks import try_exclusive_lock

_WAREHOUSE = "user/hive/warehouse"
_SCHEMA = re.compile(r"^\s*(?:`?spark_catalog`?\s*\.\s*)?(?:`?default`?\s*\.\s*)?", re.IGNORECASE)
_log = logging.getLogger(__name__)


def register_tables(spark: SparkSession, settings: Settings) -> None:
    """Name the tables on disk that the catalog does not know; two sessions may do so at once.

    A table that cannot be named, such as one with a damaged log, is logged and left out; so is, silently, one that a
    notebook writes meanwhile: its files are there before Spark gives it its name, and Spark would find that taken.
    """
    known = {row.tableName for row in spark.sql("SHOW TABLES IN default").collect()}
    managed, speed = _managed_tables(settings), _speed_tables(settings)
    for name in known & managed.keys() & speed.keys():
        if _holds(spark, name, speed[name]):
            _forget(spark, name)
            known.discard(name)
    locations = {name: folder.as_uri() for name, folder in speed.items()} | managed
    if new := locations.keys() - known:
        with lock_beside(settings.workspace_state / "tables"):
            for name in new:
                with try_exclusive_lock(settings, name) as free:
                    if free:
                        _name(spark, name, locations[name])


def free_name(spark: SparkSession, settings: Settings, name: str) -> bool:
    """Free a name that stands for the speed layer's table, whose rows stay where they are, or for files that are gone.

    The name comes as a notebook writes it, with or without schema and backticks. Notebooks begin anew by
    `dbutils.fs.rm` of a table's folder; Spark would then neither make the table nor write to it.

    Returns:
        Whether the speed layer's was freed: the notebook's next write then makes a managed table of this name.
    """
    plain = plain_name(name)
    if _is_gone(spark, settings, plain):
        _forget(spark, plain)
        return False
    folder = _speed_tables(settings).get(plain)
    if folder is None or not _holds(spark, plain, folder):
        return False
    _forget(spark, plain)
    return True


def remove_dropped_files(spark: SparkSession, settings: Settings, name: str) -> None:
    """After `DROP TABLE`: remove the files of a managed table.

    Spark does so itself, but not for a table that was named by `register_tables`: such a table has a location, and
    Spark leaves those alone. The files would be in the way of the next table of that name.
    """
    plain = plain_name(name)
    if plain in _managed_tables(settings) and not spark.catalog.tableExists(_quoted(plain)):
        shutil.rmtree(settings.dbfs / _WAREHOUSE / plain)


def plain_name(name: str) -> str:
    """A table's name without the default catalog and schema, backticks and capitals."""
    return _SCHEMA.sub("", name).strip().replace("`", "").lower()


def _managed_tables(settings: Settings) -> dict[str, str]:
    """Name → location of what notebooks have saved; the catalog's names are all lower case."""
    logs = (settings.dbfs / _WAREHOUSE).glob("[!.]*/_delta_log")
    names = [log.parent.name for log in logs]
    return {name: f"dbfs:/{_WAREHOUSE}/{name}" for name in names if name == name.lower()}


def _speed_tables(settings: Settings) -> dict[str, Path]:
    """Name → folder of those of the speed layer's tables that are there."""
    names = [table.speed_table(settings.user_id) for table in TABLES]
    folders = {name: settings.lake.resolve() / "speed" / name for name in names}
    return {name: folder for name, folder in folders.items() if (folder / "_delta_log").is_dir()}


def _holds(spark: SparkSession, name: str, folder: Path) -> bool:
    """Whether a name stands for the table in that folder."""
    if not spark.catalog.tableExists(_quoted(name)):
        return False
    [table] = spark.sql(f"DESCRIBE DETAIL {_quoted(name)}").collect()
    return bool(table.location.rstrip("/") in {f"file:{folder}", folder.as_uri()})


def _is_gone(spark: SparkSession, settings: Settings, name: str) -> bool:
    """Whether a name stands for a managed table without files: Spark then fails to look at it at all."""
    if (settings.dbfs / _WAREHOUSE / name).exists():
        return False
    try:
        spark.catalog.tableExists(_quoted(name))
    except PySparkException as error:
        return error.getCondition() == "DELTA_PATH_DOES_NOT_EXIST"
    return False


def _name(spark: SparkSession, name: str, location: str) -> None:
    place = location.replace("\\", "\\\\").replace("'", "\\'")
    try:
        spark.sql(f"CREATE TABLE IF NOT EXISTS {_quoted(name)} USING delta LOCATION '{place}'")
    except PySparkException as error:
        reason = str(error).strip().partition("\n")[0]
        _log.warning("The table in %s cannot be used: %s", location, reason)


def _forget(spark: SparkSession, name: str) -> None:
    """The table's files stay: Spark removes those of managed tables only."""
    spark.sql(f"DROP TABLE IF EXISTS {_quoted(name)}")


def _quoted(name: str) -> str:
    return f"default.`{name.replace('`', '``')}`"
