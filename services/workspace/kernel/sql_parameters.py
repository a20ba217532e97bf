"""Widget values in SQL: `${name}` is replaced, `:name` is bound, `getArgument("name")` becomes a text."""

import re
from collections.abc import Mapping

from services.workspace.kernel.sql_statements import tokens

_REPLACED = re.compile(r"\$\{(?P<name>[^{}]+)\}")
_ARGUMENT = re.compile(r"""\bgetArgument\(\s*(?P<quote>['"])(?P<name>.*?)(?P=quote)\s*\)""")
_MARKER = re.compile(r"(?<![:\w\])`'\"]):(?P<name>[A-Za-z_]\w*)")
"""Neither `::type` nor a path into a value, `column:field`."""


def with_parameters(statement: str, values: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The statement with the values put in, and those that Spark is to bind.

    Names that are no widget's are left to Spark: it has variables and parameters of its own.
    """
    text = _REPLACED.sub(lambda m: values.get(m["name"].strip(), m.group()), statement)
    text = _ARGUMENT.sub(lambda m: _literal(values, m), text)
    code = {token.start for token in tokens(text) if token.kind == "code"}
    markers = {m["name"] for m in _MARKER.finditer(text) if m.start() in code}
    return text, {name: values[name] for name in sorted(markers & values.keys())}


def _literal(values: Mapping[str, str], match: re.Match[str]) -> str:
    value = values.get(match["name"])
    if value is None:
        return match.group()
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
