"""What Delta's builders have gathered, run as a statement: MERGE, CREATE TABLE, OPTIMIZE."""

from typing import Any
from uuid import uuid4

from delta.connect import tables
from pyspark.sql import SparkSession
from pyspark.sql.connect.dataframe import DataFrame

from services.workspace.kernel.delta_tables.changes import Merge
from services.workspace.kernel.delta_tables.creation import create_sql
from services.workspace.kernel.delta_tables.maintenance import optimize_sql
from services.workspace.kernel.delta_tables.plan_aliases import alias_of, plan_ids
from services.workspace.kernel.delta_tables.statement_runner import expression_writer
from services.workspace.kernel.delta_tables.table_reference import of_plan
from services.workspace.kernel.sql_text.names import quoted


class SqlMergeBuilder(tables.DeltaMergeBuilder):
    __doc__ = tables.DeltaMergeBuilder.__doc__

    def execute(self) -> Any:
        """Run it; the source is a temporary view meanwhile.

        Returns:
            One row: num_affected_rows, num_updated_rows, num_deleted_rows, num_inserted_rows.
        """
        view = f"merge_source_{uuid4().hex}"
        DataFrame(self._source, session=self._spark).createOrReplaceTempView(view)
        try:
            return self._spark.sql(self._statement(view))
        finally:
            self._spark.catalog.dropTempView(view)

    def _statement(self, view: str) -> str:
        target = of_plan(self._target)
        source = alias_of(self._source) or "source"
        if not target.qualifier:
            target = target.called("target" if source != "target" else "delta_target")
        if source == target.qualifier:
            source = f"{source}_source"
        aliases = dict.fromkeys(plan_ids(self._source), source)
        aliases |= dict.fromkeys(plan_ids(self._target), target.qualifier)
        merge = Merge(
            target,
            f"{quoted(view)} AS {quoted(source)}",
            self._condition,
            self._matchedActions,
            self._notMatchedActions,
            self._notMatchedBySourceActions,
            self._with_schema_evolution,
        )
        return merge.sql(expression_writer(self._spark, aliases))


class SqlTableBuilder(tables.DeltaTableBuilder):
    __doc__ = tables.DeltaTableBuilder.__doc__

    def execute(self) -> Any:
        """Make the table, on the active session if none was given."""
        spark: Any = self._spark or SparkSession.active()
        spark.sql(create_sql(self))
        if self._tableName is not None:
            return tables.DeltaTable.forName(spark, self._tableName)
        return tables.DeltaTable.forPath(spark, self._location or "")


class SqlOptimizeBuilder(tables.DeltaOptimizeBuilder):
    __doc__ = tables.DeltaOptimizeBuilder.__doc__

    def executeCompaction(self) -> Any:
        return self._run([])

    def executeZOrderBy(self, *cols: Any) -> Any:
        names = cols[0] if len(cols) == 1 and isinstance(cols[0], list | tuple) else cols
        for name in names:
            if type(name) is not str:
                raise TypeError(f"Z-order column must be str. Found {name} with type {type(name)}")
        return self._run(list(names))

    def _run(self, z_order: list[str]) -> Any:
        table = of_plan(self._table._plan).sql
        return self._spark.sql(optimize_sql(table, self._partitionFilters, z_order))
