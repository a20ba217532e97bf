"""Names that live elsewhere in Airflow 3, imported from there under the name they had."""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from dag_migration.ruff import NewLocation, Violation
from dag_migration.text import Edit, Text

DAYS_AGO = 'lambda n, hour=0, *at, **named: __import__("pendulum").today("UTC").add(days=-n).at(hour, *at, **named)'
"""`airflow.utils.dates.days_ago`, which Airflow 3 has no more: midnight UTC, n days ago."""

_DAYS_AGO_NAME = ("airflow.utils.dates", "days_ago")
_GONE = "airflow.datasets"
"""The one module of AIR311 ("still works") that Airflow 3.3 has no more; imports of the others stay."""

_RENAMED = {
    "airflow.contrib.operators.databricks_operator": "airflow.providers.databricks.operators.databricks",
    "airflow.contrib.hooks.databricks_hook": "airflow.providers.databricks.hooks.databricks",
}
"""Airflow 1's modules, which ruff reports without saying where they went."""


_RENAMED_NAMES = {"SimpleHttpOperator": "HttpOperator"}
"""Names that providers have taken back, which ruff does not know."""


class Imported(NamedTuple):
    """One name of one `from … import …` statement."""

    statement: ast.ImportFrom
    module: str
    name: ast.alias

    @property
    def bound(self) -> str:
        """What the file calls it."""
        return self.name.asname or self.name.name


def imported_from_airflow(tree: ast.Module) -> list[Imported]:
    """Every name that the file takes from Airflow, in the order of the text."""
    return [
        Imported(node, node.module, name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and _is_airflow(node)
        for name in node.names
        if node.module and name.name != "*"
    ]


def _is_airflow(node: ast.ImportFrom) -> bool:
    return not node.level and (node.module or "").split(".")[0] == "airflow"


def probes(imported: Iterable[Imported]) -> str:
    """Two lines a name that import and use it: ruff speaks of a name only where it is used."""
    return "".join(
        f"from {one.module} import {one.name.name} as _probe{number}\n_probe{number}\n"
        for number, one in enumerate(imported)
    )


def edits(
    text: Text, imported: Sequence[Imported], violations: Mapping[int, Violation]
) -> Iterator[Edit]:
    """Statements that import what has moved, rewritten where they stand.

    Args:
        text: The file.
        imported: What it imports.
        violations: What ruff says of each probe, by the name's number in `imported`.
    """
    statements: dict[ast.ImportFrom, list[tuple[Imported, Violation | None]]] = {}
    for number, one in enumerate(imported):
        statements.setdefault(one.statement, []).append((one, violations.get(number)))
    for statement, names in statements.items():
        if any(_has_moved(one, violation) for one, violation in names):
            start = text.node_position(statement.lineno, statement.col_offset)
            end = text.node_position(statement.end_lineno or 0, statement.end_col_offset or 0)
            yield Edit(start, end, "; ".join(_lines(names)))


def _has_moved(one: Imported, violation: Violation | None) -> bool:
    is_days_ago = violation is not None and (one.module, one.name.name) == _DAYS_AGO_NAME
    return is_days_ago or _target(one, violation) != NewLocation(one.module, one.name.name)


def _lines(names: Iterable[tuple[Imported, Violation | None]]) -> list[str]:
    """One import a module, then what has to be defined here."""
    modules: dict[str, list[str]] = {}
    definitions = []
    for one, violation in names:
        if violation and (one.module, one.name.name) == _DAYS_AGO_NAME:
            definitions.append(f"{one.bound} = {DAYS_AGO}")
        else:
            target = _target(one, violation)
            renamed = "" if target.name == one.bound else f" as {one.bound}"
            modules.setdefault(target.module, []).append(f"{target.name}{renamed}")
    imports = [f"from {module} import {', '.join(listed)}" for module, listed in modules.items()]
    return imports + definitions


def _target(one: Imported, violation: Violation | None) -> NewLocation:
    """Where the name is now; where it was, when nothing else is known."""
    here = NewLocation(one.module, _RENAMED_NAMES.get(one.name.name, one.name.name))
    if violation is None or (violation.rule == "AIR311" and not one.module.startswith(_GONE)):
        return here
    return violation.new_location or NewLocation(
        _RENAMED.get(one.module, one.module), one.name.name
    )
