"""`DeltaTable`: what Delta's own class for Spark Connect checks and gathers, run as statements of SQL."""

from typing import Any

from delta.connect import tables
from delta.tables import DeltaTable as ClassicTable
from pyspark.errors import AnalysisException
from pyspark.sql.connect.plan import Read
from pyspark.sql.types import StructType

from services.workspace.kernel.delta_tables import maintenance
from services.workspace.kernel.delta_tables.changes import delete_sql, update_sql
from services.workspace.kernel.delta_tables.clones import SqlClones
from services.workspace.kernel.delta_tables.plan_aliases import plan_ids
from services.workspace.kernel.delta_tables.statement_runner import expression_writer
from services.workspace.kernel.delta_tables.table_reference import (
    TableReference,
    by_name,
    by_path,
    of_plan,
)
from services.workspace.kernel.sql_text.expressions import ExpressionWriter


class SqlDeltaTable(SqlClones, tables.DeltaTable, ClassicTable):  # type: ignore[misc]  # twins that differ in types
    __doc__ = ClassicTable.__doc__

    def __init__(
        self,
        spark: Any,
        path: str | None = None,
        tableOrViewName: str | None = None,
        hadoopConf: dict[str, str] | None = None,
        plan: Any = None,
    ) -> None:
        place = by_name(tableOrViewName) if tableOrViewName else by_path(path or "")
        super().__init__(spark, path, tableOrViewName, hadoopConf or {}, plan or Read(place.sql))

    @classmethod
    def forPath(
        cls, sparkSession: Any, path: str, hadoopConf: dict[str, str] | None = None
    ) -> "SqlDeltaTable":
        return cls(sparkSession, path=path)._checked()

    @classmethod
    def forName(cls, sparkSession: Any, tableOrViewName: str) -> "SqlDeltaTable":
        return cls(sparkSession, tableOrViewName=tableOrViewName)._checked()

    @classmethod
    def isDeltaTable(cls, sparkSession: Any, identifier: str) -> bool:
        try:
            cls.forPath(sparkSession, identifier)
        except AnalysisException:
            return False
        return True

    @classmethod
    def convertToDelta(
        cls, sparkSession: Any, identifier: str, partitionSchema: str | StructType | None = None
    ) -> "SqlDeltaTable":
        sparkSession.sql(maintenance.convert_sql(identifier, partitionSchema))
        kind, _, path = identifier.partition(".")
        if kind.strip("`").lower() == "parquet" and path:
            return cls.forPath(sparkSession, path.strip("`"))
        return cls.forName(sparkSession, identifier)

    def generate(self, mode: str) -> None:
        self._spark.sql(f"GENERATE {mode} FOR TABLE {self._table.sql}")

    def delete(self, condition: Any = None) -> Any:
        where = self._condition_to_column(condition)
        return self._spark.sql(delete_sql(self._table, where, self._writer()))

    def update(self, condition: Any = None, set: Any = None) -> Any:  # noqa: A002 - Delta's name
        assignments = self._dict_to_assignments(set, "'set'") or []
        where = self._condition_to_column(condition)
        return self._spark.sql(update_sql(self._table, where, assignments, self._writer()))

    def vacuum(self, retentionHours: float | None = None) -> Any:
        """An empty DataFrame."""
        return self._spark.sql(maintenance.vacuum_sql(self._table.sql, retentionHours)).limit(0)

    def history(self, limit: int | None = None) -> Any:
        last = "" if limit is None else f" LIMIT {int(limit)}"
        return self._spark.sql(f"DESCRIBE HISTORY {self._table.sql}{last}")

    def detail(self) -> Any:
        return self._spark.sql(f"DESCRIBE DETAIL {self._table.sql}")

    def upgradeTableProtocol(self, readerVersion: int, writerVersion: int) -> None:
        ClassicTable._verify_type_int(readerVersion, "readerVersion")
        ClassicTable._verify_type_int(writerVersion, "writerVersion")
        reader, writer = str(readerVersion), str(writerVersion)
        self._set({"delta.minReaderVersion": reader, "delta.minWriterVersion": writer})

    def addFeatureSupport(self, featureName: str) -> None:
        ClassicTable._verify_type_str(featureName, "featureName")
        self._set({f"delta.feature.{featureName}": "supported"})

    def dropFeatureSupport(self, featureName: str, truncateHistory: Any = None) -> None:
        ClassicTable._verify_type_str(featureName, "featureName")
        if truncateHistory is not None:
            ClassicTable._verify_type_bool(truncateHistory, "truncateHistory")
        end = " TRUNCATE HISTORY" if truncateHistory else ""
        self._spark.sql(f"ALTER TABLE {self._table.sql} DROP FEATURE {featureName}{end}")

    def restoreToVersion(self, version: int) -> Any:
        ClassicTable._verify_type_int(version, "version")
        return self._restore(maintenance.version_sql(version, None))

    def restoreToTimestamp(self, timestamp: str) -> Any:
        ClassicTable._verify_type_str(timestamp, "timestamp")
        return self._restore(maintenance.version_sql(None, timestamp))

    @property
    def _table(self) -> TableReference:
        return of_plan(self._plan)

    def _writer(self) -> ExpressionWriter:
        qualifier = self._table.qualifier
        return expression_writer(self._spark, dict.fromkeys(plan_ids(self._plan), qualifier))

    def _checked(self) -> "SqlDeltaTable":
        """Itself.

        Raises:
            AnalysisException: there is no such table, or it is none of Delta's.
        """
        if self.detail().first().format != "delta":
            raise AnalysisException(
                f"[DELTA_MISSING_DELTA_TABLE] {self._table.sql} is not a Delta table."
            )
        return self

    def _set(self, properties: dict[str, str]) -> None:
        self._spark.sql(maintenance.set_properties_sql(self._table.sql, properties))

    def _restore(self, to: str) -> Any:
        return self._spark.sql(f"RESTORE TABLE {self._table.sql} TO {to}")
