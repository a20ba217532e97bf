"""The catalog's names, which Spark's server forgets when it restarts, and whose tables they stand for.

A notebook's own (managed) table lies in `dbfs:/user/hive/warehouse/<name>`. Where there is none, `<uid>_pin_table`
and its sisters are the speed layer's, which has one writer: the streaming application. It names its tables where
the name is free (spark_jobs/speed/tables.py); so does `adopt`, after the notebooks' own, which go first.
"""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from pyspark.sql import SparkSession

from services.settings import Settings
from services.tables import TABLES

_WAREHOUSE = "user/hive/warehouse"
_SCHEMA = re.compile(r"^\s*(?:`?spark_catalog`?\s*\.\s*)?(?:`?default`?\s*\.\s*)?", re.IGNORECASE)


def adopt(spark: SparkSession, settings: Settings) -> None:
    """Name the tables on disk that the catalog does not know; two sessions may do so at once."""
    known = {row.tableName for row in spark.sql("SHOW TABLES IN default").collect()}
    for name, folder in _speed_tables(settings).items():
        if name in known and _is_managed(settings, name) and _holds(spark, name, folder):
            _forget(spark, name)
            known.discard(name)
    for name, location in _on_disk(settings).items():
        if name not in known:
            _name(spark, name, location)


def claim(spark: SparkSession, settings: Settings, name: str) -> bool:
    """Free a name that stands for the speed layer's table, whose rows stay where they are.

    The name comes as a notebook writes it, with or without schema and backticks.

    Returns:
        Whether it was freed: the notebook's next write then makes a managed table of this name.
    """
    plain = plain_name(name)
    folder = _speed_tables(settings).get(plain)
    if folder is None or not _holds(spark, plain, folder):
        return False
    _forget(spark, plain)
    return True


def clear(spark: SparkSession, settings: Settings, name: str) -> None:
    """After `DROP TABLE`: remove the files of a managed table.

    Spark does so itself, but not for a table that was named by `adopt`: such a table has a location, and Spark leaves
    those alone. The files would be in the way of the next table of that name.
    """
    plain = plain_name(name)
    if _is_managed(settings, plain) and not spark.catalog.tableExists(_quoted(plain)):
        shutil.rmtree(_managed(settings, plain))


def plain_name(name: str) -> str:
    """A table's name without the default catalog and schema, backticks and capitals."""
    return _SCHEMA.sub("", name).strip().replace("`", "").lower()


def _on_disk(settings: Settings) -> dict[str, str]:
    """Name → location, a managed table before a table of the speed layer."""
    speed = {name: folder.as_uri() for name, folder in _speed_tables(settings).items()}
    return {**speed, **_managed_tables(settings)}


def _managed_tables(settings: Settings) -> Mapping[str, str]:
    warehouse = settings.dbfs / _WAREHOUSE
    logs = sorted(warehouse.glob("*/_delta_log"))
    return {log.parent.name: f"dbfs:/{_WAREHOUSE}/{log.parent.name}" for log in logs}


def _speed_tables(settings: Settings) -> dict[str, Path]:
    names = [f"{settings.user_id}_{table.name}_table" for table in TABLES]
    folders = {name: settings.lake.resolve() / "speed" / name for name in names}
    return {name: folder for name, folder in folders.items() if (folder / "_delta_log").is_dir()}


def _managed(settings: Settings, name: str) -> Path:
    return settings.dbfs / _WAREHOUSE / name


def _is_managed(settings: Settings, name: str) -> bool:
    return (_managed(settings, name) / "_delta_log").is_dir()


def _holds(spark: SparkSession, name: str, folder: Path) -> bool:
    """Whether a name stands for the table in that folder."""
    rows = (
        spark.sql(f"DESCRIBE DETAIL {_quoted(name)}").collect()
        if spark.catalog.tableExists(_quoted(name))
        else []
    )
    return any(row.location.rstrip("/").removeprefix("file:").endswith(str(folder)) for row in rows)


def _name(spark: SparkSession, name: str, location: str) -> None:
    place = location.replace("\\", "\\\\").replace("'", "\\'")
    spark.sql(f"CREATE TABLE IF NOT EXISTS {_quoted(name)} USING delta LOCATION '{place}'")


def _forget(spark: SparkSession, name: str) -> None:
    """The table's files stay: Spark removes those of managed tables only."""
    spark.sql(f"DROP TABLE IF EXISTS {_quoted(name)}")


def _quoted(name: str) -> str:
    return f"default.`{name.replace('`', '``')}`"
