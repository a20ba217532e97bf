"""Values in SQL: `${name}` is replaced as it is, `:name`, `?` and `getArgument("name")` become literals.

Spark could bind `:name` itself, but not behind Delta's parser: "Found the unbound parameter".
"""

import re
from collections.abc import Mapping, Sequence

from services.workspace.kernel.sql_text.literals import text_literal
from services.workspace.kernel.sql_text.statements import tokens

_REPLACED = re.compile(r"\$\{(?P<name>[^{}]+)\}")
_ARGUMENT = re.compile(r"""\bgetArgument\(\s*(?P<quote>['"])(?P<name>.*?)(?P=quote)\s*\)""")
_MARKER = re.compile(r"(?<![:\w\])`'\"]):(?P<name>[A-Za-z_]\w*)")
"""Neither `::type` nor a path into a value, `column:field`."""

_POSITION = re.compile(r"(?<![\w\])?])\?(?!\?)")
"""Not the operator `value?::type`."""


def with_parameters(statement: str, values: Mapping[str, str]) -> str:
    """The statement of a cell with the widgets' values; names of none are left to Spark's own variables."""
    text = _REPLACED.sub(lambda match: values.get(match["name"].strip(), match.group()), statement)
    literals = {name: text_literal(value) for name, value in values.items()}
    return bind_named(with_arguments(text, values), literals)


def with_arguments(statement: str, values: Mapping[str, str]) -> str:
    """The statement with `getArgument("name")` of widgets that there are as literals."""

    def literal(match: re.Match[str]) -> str:
        value = values.get(match["name"])
        return match.group() if value is None else text_literal(value)

    return _ARGUMENT.sub(literal, statement)


def bind_named(statement: str, literals: Mapping[str, str]) -> str:
    """The statement with SQL in the place of each `:name` that has one; texts and comments stay."""
    code = _code(statement)
    return _MARKER.sub(
        lambda m: literals.get(m["name"], m.group()) if m.start() in code else m.group(), statement
    )


def bind_positional(statement: str, literals: Sequence[str]) -> str:
    """The statement with SQL in the places of the first `?`s, in their order."""
    code, left = _code(statement), iter(literals)
    return _POSITION.sub(
        lambda m: next(left, m.group()) if m.start() in code else m.group(), statement
    )


def _code(text: str) -> set[int]:
    """Where pieces of code begin."""
    return {token.start for token in tokens(text) if token.kind == "code"}
