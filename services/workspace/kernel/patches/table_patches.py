"""Tables by Databricks' names, in reading, writing and SQL; a name that is written to is claimed first."""

from contextlib import nullcontext
from typing import Any

from pyspark.sql.connect.dataframe import DataFrame
from pyspark.sql.connect.readwriter import DataFrameReader, DataFrameWriter
from pyspark.sql.connect.session import SparkSession as ConnectSession
from pyspark.sql.connect.streaming.readwriter import DataStreamReader

from services.settings import Settings
from services.workspace.kernel.dbutils.widget_sql import apply
from services.workspace.kernel.dbutils.widgets import WidgetsUtils
from services.workspace.kernel.patches.patching import Method, replace_method
from services.workspace.kernel.spark.table_claims import claimed_table, clear_dropped
from services.workspace.kernel.spark.table_names import (
    dropped_table,
    local_name,
    local_sql,
    written_table,
)
from services.workspace.kernel.sql_text.bound_arguments import bound_query, can_bind
from services.workspace.kernel.sql_text.parameters import with_arguments
from services.workspace.kernel.sql_text.widget_statements import widget_statement


def install(settings: Settings, widgets: WidgetsUtils) -> None:
    """Change how tables are named in reading, writing and SQL; give `spark.sql` its arguments and widgets."""

    def write(original: Method) -> Method:
        def save(owner: Any, name: str, *args: Any, **named: Any) -> Any:
            with claimed_table(settings, name) as own:
                return original(owner, own, *args, **named)

        return save

    def sql(original: Method) -> Method:
        def run(session: ConnectSession, sqlQuery: str, args: Any = None, **named: Any) -> Any:
            if statement := widget_statement(sqlQuery):
                apply(statement, widgets, lambda query: original(session, local_sql(query)))
                return session.range(0).select()
            text = with_arguments(local_sql(sqlQuery), widgets.getAll())
            if can_bind(args):
                text = bound_query(text, args, formatted=bool(named), client=session.client)
                args = None
            written = written_table(text)
            with claimed_table(settings, written) if written else nullcontext():
                frame = original(session, text, args, **named)
            if dropped := dropped_table(text):
                clear_dropped(settings, dropped)
            return frame

        return run

    replace_method(ConnectSession, "sql", sql)
    replace_method(DataFrameReader, "table", _read)
    replace_method(DataStreamReader, "table", _read)
    replace_method(DataFrameWriter, "saveAsTable", write)
    replace_method(DataFrameWriter, "insertInto", write)
    replace_method(DataFrame, "writeTo", write)


def _read(original: Method) -> Method:
    return lambda reader, name: original(reader, local_name(name))
