"""`DeltaTable.clone` and its sisters."""

from typing import Any

from delta.tables import DeltaTable as ClassicTable

from services.workspace.kernel.delta_tables import maintenance


class SqlClones:
    """Shallow clones of a `DeltaTable`, by name or path."""

    def clone(
        self,
        target: str,
        isShallow: bool = False,  # noqa: FBT001, FBT002 - Delta's signature
        replace: bool = False,  # noqa: FBT001, FBT002
        properties: Any = None,
    ) -> Any:
        ClassicTable._verify_clone_types(target, isShallow, replace, properties)
        return self._clone(target, isShallow, replace, properties, "")

    def cloneAtVersion(
        self,
        version: int,
        target: str,
        isShallow: bool = False,  # noqa: FBT001, FBT002
        replace: bool = False,  # noqa: FBT001, FBT002
        properties: Any = None,
    ) -> Any:
        ClassicTable._verify_clone_types(target, isShallow, replace, properties, version=version)
        at = maintenance.version_sql(version, None)
        return self._clone(target, isShallow, replace, properties, at)

    def cloneAtTimestamp(
        self,
        timestamp: str,
        target: str,
        isShallow: bool = False,  # noqa: FBT001, FBT002
        replace: bool = False,  # noqa: FBT001, FBT002
        properties: Any = None,
    ) -> Any:
        ClassicTable._verify_clone_types(target, isShallow, replace, properties, timestamp)
        at = maintenance.version_sql(None, timestamp)
        return self._clone(target, isShallow, replace, properties, at)

    def _clone(
        self, target: str, shallow: Any, replace: Any, properties: dict[str, str] | None, at: str
    ) -> Any:
        table: Any = self
        spark = table._spark
        if not shallow:
            raise NotImplementedError(
                "Open-source Delta has no deep clones. Take isShallow=True, or write the table anew: "
                "table.toDF().write.saveAsTable(name)."
            )
        statement = maintenance.clone_sql(
            table._table.sql, target, replace=replace, properties=properties or {}, at=at
        )
        spark.sql(statement)
        return table.forName(spark, maintenance.clone_target(target))
