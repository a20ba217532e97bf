"""Calls of functions as SQL: operators between their operands, all others by name."""

from collections.abc import Callable, Mapping, Sequence

from services.workspace.kernel.sql_text.names import quoted_name

_INFIX = {
    "==": "=",
    "and": "AND",
    "or": "OR",
    "like": "LIKE",
    "rlike": "RLIKE",
    "ilike": "ILIKE",
    **{sign: sign for sign in ("<=>", "!=", "<", "<=", ">", ">=")},
    **{sign: sign for sign in ("+", "-", "*", "/", "%", "&", "|", "^")},
}
_PREFIX = {"not": "NOT ", "!": "NOT ", "negative": "- ", "-": "- ", "~": "~ "}
_WITH_UNIT = {"timestampadd", "timestampdiff"}
_TWO = 2


def call_sql(name: str, arguments: Sequence[str], *, distinct: bool = False) -> str:
    """A call; the arguments are SQL already."""
    key = name.lower()
    if key in _INFIX and len(arguments) == _TWO:
        return f"({arguments[0]} {_INFIX[key]} {arguments[1]})"
    if key in _PREFIX and len(arguments) == 1:
        return f"({_PREFIX[key]}{arguments[0]})"
    if key in _SPECIAL:
        return _SPECIAL[key](arguments)
    if key in _WITH_UNIT:
        unit, *rest = arguments
        return f"{key}({', '.join([unit.strip(chr(39)), *rest])})"
    return f"{quoted_name(name)}({'DISTINCT ' if distinct else ''}{', '.join(arguments)})"


def _in(arguments: Sequence[str]) -> str:
    value, *choices = arguments
    return f"({value} IN ({', '.join(choices)}))" if choices else "false"


def _when(arguments: Sequence[str]) -> str:
    pairs = zip(arguments[::2], arguments[1::2], strict=False)
    branches = " ".join(f"WHEN {condition} THEN {value}" for condition, value in pairs)
    otherwise = f" ELSE {arguments[-1]}" if len(arguments) % _TWO else ""
    return f"CASE {branches}{otherwise} END"


_SPECIAL: Mapping[str, Callable[[Sequence[str]], str]] = {
    "in": _in,
    "when": _when,
    "struct": lambda arguments: f"struct({', '.join(arguments)})",
    "isnull": lambda arguments: f"({arguments[0]} IS NULL)",
    "isnotnull": lambda arguments: f"({arguments[0]} IS NOT NULL)",
}
