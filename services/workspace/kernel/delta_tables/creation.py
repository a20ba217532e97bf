"""CREATE and REPLACE of a Delta table as SQL, from what Delta's table builder has gathered."""

from typing import Any

from delta.connect import proto

from services.workspace.kernel.delta_tables.maintenance import properties_sql
from services.workspace.kernel.delta_tables.table_reference import by_name, by_path
from services.workspace.kernel.sql_text.literals import text_literal, type_sql
from services.workspace.kernel.sql_text.names import quoted, quoted_name
from services.workspace.storage.dbfs_paths import spark_path

_MODES = {
    proto.CreateDeltaTable.Mode.MODE_CREATE: "CREATE TABLE",
    proto.CreateDeltaTable.Mode.MODE_CREATE_IF_NOT_EXISTS: "CREATE TABLE IF NOT EXISTS",
    proto.CreateDeltaTable.Mode.MODE_REPLACE: "REPLACE TABLE",
    proto.CreateDeltaTable.Mode.MODE_CREATE_OR_REPLACE: "CREATE OR REPLACE TABLE",
}


def create_sql(builder: Any) -> str:
    """The statement of a `delta.connect.tables.DeltaTableBuilder`.

    Raises:
        ValueError: it has neither a name nor a location.
    """
    name, location = builder._tableName, builder._location
    if name is None and location is None:
        raise ValueError("Table name or location has to be specified.")
    place = by_path(location).sql if name is None else by_name(name).sql
    columns = ", ".join(map(_column, builder._columns))
    parts = (
        f"{_MODES[builder._mode]} {place}",
        f"({columns})" if columns else "",
        "USING delta",
        _columns("PARTITIONED BY", builder._partitioningColumns),
        _columns("CLUSTER BY", builder._clusteringColumns),
        f"LOCATION {text_literal(spark_path(location))}" if name and location else "",
        f"COMMENT {text_literal(builder._comment)}" if builder._comment is not None else "",
        properties_sql(builder._properties),
    )
    return " ".join(filter(None, parts))


def _columns(word: str, names: list[str]) -> str:
    return f"{word} ({', '.join(map(quoted_name, names))})" if names else ""


def _column(column: Any) -> str:
    parts = (
        f"{quoted(column.name)} {type_sql(column.data_type)}",
        "" if column.nullable else "NOT NULL",
        _generated(column),
        f"COMMENT {text_literal(column.comment)}" if column.HasField("comment") else "",
    )
    return " ".join(filter(None, parts))


def _generated(column: Any) -> str:
    if column.HasField("generated_always_as"):
        return f"GENERATED ALWAYS AS ({column.generated_always_as})"
    if not column.HasField("identity_info"):
        return ""
    identity = column.identity_info
    when = "BY DEFAULT" if identity.allow_explicit_insert else "ALWAYS"
    return (
        f"GENERATED {when} AS IDENTITY (START WITH {identity.start} INCREMENT BY {identity.step})"
    )
