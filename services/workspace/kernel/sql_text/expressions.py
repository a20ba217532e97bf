"""A PySpark column → an expression of SQL that means the same, by way of what Spark Connect would send."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.workspace.kernel.sql_text.function_calls import call_sql
from services.workspace.kernel.sql_text.literals import literal_sql, type_sql
from services.workspace.kernel.sql_text.names import quoted, quoted_name


class UnsupportedExpressionError(NotImplementedError):
    """An expression has no form in SQL; the message says which, and what to do."""


def _no_functions(_function: Any) -> str:
    raise UnsupportedExpressionError(
        "A Python function in a column cannot be written as SQL here. Register it with "
        'spark.udf.register("name", f), and write expr("name(column)").'
    )


@dataclass(frozen=True)
class ExpressionWriter:
    """Writes expressions of one statement.

    Attributes:
        client: Spark Connect's client, which reads the types of users' functions.
        aliases: Plan id of a DataFrame, which `frame.column` carries → the alias that it has in the statement.
        register: Gives a user's Python function a name in SQL.
    """

    client: Any = None
    aliases: Mapping[int, str] = field(default_factory=dict)
    register: Callable[[Any], str] = _no_functions

    def column(self, column: Any) -> str:
        """A PySpark column as SQL.

        Raises:
            UnsupportedExpressionError: SQL has no form for it.
        """
        return self.write(column.to_plan(self.client))

    def write(self, expression: Any) -> str:
        """A `proto.Expression` as SQL; see `column`."""
        kind = expression.WhichOneof("expr_type")
        form = _FORMS.get(kind)
        if form is None:
            raise UnsupportedExpressionError(
                f"{_KINDS.get(kind, kind)} cannot be written as SQL here, and DeltaTable works by SQL. Compute it in "
                "the source DataFrame (withColumn), or write the expression as a text of SQL."
            )
        return form(self, getattr(expression, kind))

    def named(self, expression: Any) -> str:
        """The same with its alias, for a field of a struct."""
        text = self.write(expression)
        names = expression.alias.name if expression.HasField("alias") else ()
        return f"{text} AS {quoted(names[0])}" if names else text


def _attribute(writer: ExpressionWriter, attribute: Any) -> str:
    name = quoted_name(attribute.unparsed_identifier)
    alias = writer.aliases.get(attribute.plan_id) if attribute.HasField("plan_id") else None
    return f"{quoted(alias)}.{name}" if alias else name


def _function(writer: ExpressionWriter, call: Any) -> str:
    write = writer.named if call.function_name == "struct" else writer.write
    arguments = [write(argument) for argument in call.arguments]
    return call_sql(call.function_name, arguments, distinct=call.is_distinct)


def _cast(writer: ExpressionWriter, cast: Any) -> str:
    word = {cast.EVAL_MODE_TRY: "TRY_CAST"}.get(cast.eval_mode, "CAST")
    to = cast.type_str if cast.WhichOneof("cast_to_type") == "type_str" else type_sql(cast.type)
    return f"{word}({writer.write(cast.expr)} AS {to})"


def _star(_writer: ExpressionWriter, star: Any) -> str:
    target = star.unparsed_target.removesuffix(".*")
    return f"{quoted_name(target)}.*" if target else "*"


def _text(_writer: ExpressionWriter, text: Any) -> str:
    """A comment at its end must not take the parenthesis with it."""
    end = "\n" if "--" in text.expression else ""
    return f"({text.expression}{end})"


def _extract(writer: ExpressionWriter, extract: Any) -> str:
    return f"{writer.write(extract.child)}[{writer.write(extract.extraction)}]"


def _lambda(writer: ExpressionWriter, function: Any) -> str:
    """Spark's grammar takes parentheses around several variables only."""
    names = [_variable(writer, argument) for argument in function.arguments]
    variables = names[0] if len(names) == 1 else f"({', '.join(names)})"
    return f"{variables} -> {writer.write(function.function)}"


def _variable(_writer: ExpressionWriter, variable: Any) -> str:
    return ".".join(map(quoted, variable.name_parts))


def _call(writer: ExpressionWriter, call: Any) -> str:
    return f"{quoted_name(call.function_name)}({', '.join(map(writer.write, call.arguments))})"


def _user_function(writer: ExpressionWriter, function: Any) -> str:
    name = writer.register(function)
    return f"{quoted(name)}({', '.join(map(writer.write, function.arguments))})"


_KINDS = {
    "window": "A window function",
    "update_fields": "withField or dropFields",
    "unresolved_regex": "colRegex",
    "sort_order": "An order such as desc()",
    "subquery_expression": "A subquery",
}

_FORMS: Mapping[str, Callable[[ExpressionWriter, Any], str]] = {
    "literal": lambda _writer, literal: literal_sql(literal),
    "unresolved_attribute": _attribute,
    "unresolved_function": _function,
    "expression_string": _text,
    "unresolved_star": _star,
    "alias": lambda writer, alias: writer.write(alias.expr),
    "cast": _cast,
    "unresolved_extract_value": _extract,
    "lambda_function": _lambda,
    "unresolved_named_lambda_variable": _variable,
    "call_function": _call,
    "named_argument_expression": lambda writer, named: (
        f"{named.key} => {writer.write(named.value)}"
    ),
    "common_inline_user_defined_function": _user_function,
}
