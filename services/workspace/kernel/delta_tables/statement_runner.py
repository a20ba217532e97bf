"""Running a statement on a session: the columns of its expressions, and users' functions in them."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from pyspark.sql.connect.proto import Command

from services.workspace.kernel.sql_text.expressions import ExpressionWriter


def expression_writer(spark: Any, aliases: Mapping[int, str]) -> ExpressionWriter:
    """A writer for one statement; see `ExpressionWriter.aliases`."""
    return ExpressionWriter(spark.client, aliases, lambda function: _register(spark, function))


def _register(spark: Any, function: Any) -> str:
    """Make a user's function known to the session, and return the name that it has there."""
    name = f"udf_{uuid4().hex}"
    command = Command()
    command.register_function.CopyFrom(function)
    command.register_function.ClearField("arguments")
    command.register_function.function_name = name
    spark.client.execute_command(command)
    return name
