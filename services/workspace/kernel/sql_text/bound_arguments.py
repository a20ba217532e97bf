"""`spark.sql(query, args=…)`: the arguments put into the query."""

from typing import Any

from pyspark.sql.connect import functions

from services.workspace.kernel.sql_text.expressions import ExpressionWriter
from services.workspace.kernel.sql_text.parameters import bind_named, bind_positional


def can_bind(args: object) -> bool:
    """Whether they are of the two kinds that PySpark takes; it says itself what is wrong with others."""
    return isinstance(args, list) or (
        isinstance(args, dict) and all(isinstance(name, str) for name in args)
    )


def bound_query(
    query: str, args: dict[str, Any] | list[Any], *, formatted: bool, client: Any
) -> str:
    """The query without its markers; `formatted` says that `{name}` in it will be replaced afterwards."""
    writer = ExpressionWriter(client)

    def literal(value: Any) -> str:
        text = writer.column(functions.lit(value))
        return text.replace("{", "{{").replace("}", "}}") if formatted else text

    if isinstance(args, dict):
        return bind_named(query, {name: literal(value) for name, value in args.items()})
    return bind_positional(query, [literal(value) for value in args])
