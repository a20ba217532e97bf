"""Widget values in SQL: `${name}` is replaced as it is, `:name` and `getArgument("name")` become text literals.

Spark could bind `:name` itself, but not behind Delta's parser: "Found the unbound parameter".
"""

import re
from collections.abc import Mapping

from services.workspace.kernel.magics.sql_statements import tokens

_REPLACED = re.compile(r"\$\{(?P<name>[^{}]+)\}")
_ARGUMENT = re.compile(r"""\bgetArgument\(\s*(?P<quote>['"])(?P<name>.*?)(?P=quote)\s*\)""")
_MARKER = re.compile(r"(?<![:\w\])`'\"]):(?P<name>[A-Za-z_]\w*)")
"""Neither `::type` nor a path into a value, `column:field`."""


def with_parameters(statement: str, values: Mapping[str, str]) -> str:
    """The statement with the values put in; names that are no widget's are left to Spark's own variables."""
    text = _REPLACED.sub(lambda match: values.get(match["name"].strip(), match.group()), statement)
    text = _ARGUMENT.sub(lambda match: _literal(values, match), text)
    code = {token.start for token in tokens(text) if token.kind == "code"}
    return _MARKER.sub(lambda m: _literal(values, m) if m.start() in code else m.group(), text)


def _literal(values: Mapping[str, str], match: re.Match[str]) -> str:
    value = values.get(match["name"])
    if value is None:
        return match.group()
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
