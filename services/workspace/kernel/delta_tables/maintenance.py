"""The statements of `DeltaTable`'s other methods: OPTIMIZE, RESTORE, CLONE, the table's protocol."""

from collections.abc import Mapping, Sequence

from pyspark.sql.types import StructType

from services.workspace.kernel.sql_text.literals import text_literal
from services.workspace.kernel.sql_text.names import quoted, quoted_name, quoted_table
from services.workspace.storage.dbfs_paths import spark_path


def optimize_sql(table: str, filters: Sequence[str], z_order: Sequence[str]) -> str:
    where = f" WHERE {' AND '.join(f'({one})' for one in filters)}" if filters else ""
    columns = ", ".join(map(quoted_name, z_order))
    return f"OPTIMIZE {table}{where}{f' ZORDER BY ({columns})' if columns else ''}"


def vacuum_sql(table: str, hours: float | None) -> str:
    return f"VACUUM {table}" if hours is None else f"VACUUM {table} RETAIN {float(hours):f} HOURS"


def version_sql(version: int | None, timestamp: str | None) -> str:
    """`VERSION AS OF …`, `TIMESTAMP AS OF …`, or nothing."""
    if version is not None:
        return f"VERSION AS OF {version}"
    return f"TIMESTAMP AS OF {text_literal(timestamp)}" if timestamp is not None else ""


def clone_sql(
    table: str, target: str, *, replace: bool, properties: Mapping[str, str], at: str
) -> str:
    """A shallow clone; the target is a name or a path."""
    head = "CREATE OR REPLACE TABLE" if replace else "CREATE TABLE"
    parts = [head, clone_target(target), "SHALLOW CLONE", table, at, properties_sql(properties)]
    return " ".join(filter(None, parts))


def clone_target(target: str) -> str:
    if "/" in target and not target.startswith("delta."):
        return f"delta.{quoted(spark_path(target))}"
    return quoted_table(target)


def properties_sql(properties: Mapping[str, str]) -> str:
    """`TBLPROPERTIES (…)`, or nothing."""
    pairs = ", ".join(f"{text_literal(k)} = {text_literal(v)}" for k, v in properties.items())
    return f"TBLPROPERTIES ({pairs})" if pairs else ""


def set_properties_sql(table: str, properties: Mapping[str, str]) -> str:
    return f"ALTER TABLE {table} SET {properties_sql(properties)}"


def convert_sql(identifier: str, partitions: str | StructType | None) -> str:
    if isinstance(partitions, StructType):
        fields = partitions.fields
        partitions = ", ".join(f"{quoted(f.name)} {f.dataType.simpleString()}" for f in fields)
    by = f" PARTITIONED BY ({partitions})" if partitions else ""
    return f"CONVERT TO DELTA {quoted_table(identifier)}{by}"
