"""A Delta table as a statement names it."""

from dataclasses import dataclass, replace
from typing import Any

from pyspark.sql.connect.plan import SubqueryAlias

from services.workspace.kernel.delta_tables.plan_aliases import alias_of
from services.workspace.kernel.sql_text.names import quoted, quoted_table
from services.workspace.storage.dbfs_paths import spark_path


@dataclass(frozen=True)
class TableReference:
    """A table: its name, or delta.`path`, and maybe an alias.

    Attributes:
        qualifier: What stands before the dot of its columns; empty for a path without an alias.
    """

    sql: str
    alias: str = ""
    qualifier: str = ""

    @property
    def aliased(self) -> str:
        """With the alias, for a statement that names columns."""
        return f"{self.sql} AS {quoted(self.alias)}" if self.alias else self.sql

    def called(self, alias: str) -> "TableReference":
        """The same under an alias."""
        return replace(self, alias=alias, qualifier=alias)


def by_path(path: str) -> TableReference:
    return TableReference(f"delta.{quoted(spark_path(path))}")


def by_name(name: str) -> TableReference:
    return TableReference(quoted_table(name))


def of_plan(plan: Any) -> TableReference:
    """The table that a `DeltaTable`'s plan reads, with the alias that it was given last."""
    alias = plan._alias if isinstance(plan, SubqueryAlias) else ""
    qualifier = alias_of(plan) or ""
    while isinstance(plan, SubqueryAlias):
        plan = plan._child
    return TableReference(plan.table_name, alias, qualifier)
