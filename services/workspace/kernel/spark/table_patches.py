"""Tables by Databricks' names; a notebook that writes to a name gets a table of its own under it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from pyspark.sql import SparkSession
from pyspark.sql.connect.dataframe import DataFrame
from pyspark.sql.connect.readwriter import DataFrameReader, DataFrameWriter
from pyspark.sql.connect.session import SparkSession as ConnectSession
from pyspark.sql.connect.streaming.readwriter import DataStreamReader

from services.settings import Settings
from services.workspace.catalog.table_locks import shared_write_lock
from services.workspace.catalog.table_registration import (
    free_name,
    plain_name,
    remove_dropped_files,
)
from services.workspace.kernel.process.notices import say
from services.workspace.kernel.spark.patching import Method, wrap
from services.workspace.kernel.spark.table_names import (
    dropped_table,
    local_name,
    local_sql,
    written_table,
)

_ours = threading.local()


def install(settings: Settings) -> None:
    """Change how tables are named in reading, writing and SQL."""

    def write(original: Method) -> Method:
        def save(owner: Any, name: str, *args: Any, **named: Any) -> Any:
            with claimed(settings, name) as own:
                return original(owner, own, *args, **named)

        return save

    def sql(original: Method) -> Method:
        def run(session: ConnectSession, query: str, *args: Any, **named: Any) -> Any:
            text = local_sql(query)
            written = written_table(text)
            with claimed(settings, written) if written else nullcontext():
                frame = original(session, text, *args, **named)
            if dropped := dropped_table(text):
                _clear(settings, dropped)
            return frame

        return run

    wrap(ConnectSession, "sql", sql)
    wrap(DataFrameReader, "table", _read)
    wrap(DataStreamReader, "table", _read)
    wrap(DataFrameWriter, "saveAsTable", write)
    wrap(DataFrameWriter, "insertInto", write)
    wrap(DataFrame, "writeTo", write)


@contextmanager
def claimed(settings: Settings, name: str) -> Iterator[str]:
    """A table's local name, free for a table that is the notebook's own, and meanwhile named by no other session."""
    own = local_name(name)
    if _is_ours():
        yield own
        return
    with shared_write_lock(settings, plain_name(own)):
        _claim(settings, own)
        yield own


def _claim(settings: Settings, own: str) -> None:
    with our_own_statements():
        if free_name(SparkSession.active(), settings, own):
            say(
                f"{own} was the speed layer's table, which has one writer and keeps its rows. "
                "From now on the name is free for a table of the notebook's own."
            )


@contextmanager
def our_own_statements() -> Iterator[None]:
    """Meanwhile statements are taken as they are: they are the workspace's, not the notebook's."""
    before, _ours.now = _is_ours(), True
    try:
        yield
    finally:
        _ours.now = before


def _clear(settings: Settings, name: str) -> None:
    if not _is_ours():
        with our_own_statements():
            remove_dropped_files(SparkSession.active(), settings, name)


def _is_ours() -> bool:
    return getattr(_ours, "now", False)


def _read(original: Method) -> Method:
    return lambda reader, name: original(reader, local_name(name))
