"""`foreachBatch`: its function runs in a process of the Spark server's, and finds there what a notebook has.

Importable without settings or a session: that process imports it to unpickle a user's function.
"""

from collections.abc import Callable
from typing import Any

from pyspark.sql.connect.session import SparkSession

from services.workspace.kernel.delta_tables import installation as delta_tables
from services.workspace.kernel.patches.patching import Method, replace_method
from services.workspace.kernel.spark import java_objects
from services.workspace.kernel.sql_text.bound_arguments import bound_query, can_bind


class BatchFunction:
    """A user's function of a batch and its number."""

    def __init__(self, function: Callable[[Any, int], Any]) -> None:
        self._function = function

    def __call__(self, batch: Any, batch_id: int) -> None:
        install()
        self._function(batch, batch_id)


def install() -> None:
    """Let `DeltaTable`, `spark.sql(query, args=…)` and `df._jdf.sparkSession()` work in this process."""
    delta_tables.install()
    java_objects.install()
    replace_method(SparkSession, "sql", _with_arguments)


def _with_arguments(original: Method) -> Method:
    def sql(session: Any, sqlQuery: str, args: Any = None, **named: Any) -> Any:
        if can_bind(args):
            query = bound_query(sqlQuery, args, formatted=bool(named), client=session.client)
            return original(session, query, None, **named)
        return original(session, sqlQuery, args, **named)

    return sql
