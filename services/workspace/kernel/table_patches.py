"""Tables by Databricks' names; a notebook that writes to a name gets a table of its own under it."""

from typing import Any

from pyspark.sql.connect.dataframe import DataFrame
from pyspark.sql.connect.readwriter import DataFrameReader, DataFrameWriter
from pyspark.sql.connect.session import SparkSession as ConnectSession
from pyspark.sql.connect.streaming.readwriter import DataStreamReader

from services.settings import Settings
from services.workspace.kernel.patching import Method, wrap
from services.workspace.kernel.table_names import local_name, local_sql, written_table


def install(settings: Settings) -> None:
    """Change how tables are named in reading, writing and SQL."""

    def write(original: Method) -> Method:
        def save(owner: Any, name: str, *args: Any, **named: Any) -> Any:
            own = claimed(settings, name)
            return original(owner, own, *args, **named)

        return save

    def sql(original: Method) -> Method:
        def run(session: ConnectSession, query: str, *args: Any, **named: Any) -> Any:
            text = local_sql(query)
            if name := written_table(text):
                claimed(settings, name)
            return original(session, text, *args, **named)

        return run

    wrap(ConnectSession, "sql", sql)
    wrap(DataFrameReader, "table", _read)
    wrap(DataStreamReader, "table", _read)
    wrap(DataFrameWriter, "saveAsTable", write)
    wrap(DataFrameWriter, "insertInto", write)
    wrap(DataFrame, "writeTo", write)


def claimed(settings: Settings, name: str) -> str:
    """A table's local name, free for a table that is the notebook's own."""
    return local_name(name)


def _read(original: Method) -> Method:
    return lambda reader, name: original(reader, local_name(name))
