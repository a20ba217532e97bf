"""Names that live elsewhere in Airflow 3, imported from there under the name they had."""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from dag_migration.ruff import Finding, Target
from dag_migration.text import Edit, Text

DAYS_AGO = (
    "lambda n, hour=0, minute=0, second=0, microsecond=0: "
    '__import__("pendulum").today("UTC").add(days=-n)'
    ".replace(hour=hour, minute=minute, second=second, microsecond=microsecond)"
)
"""`airflow.utils.dates.days_ago`, which Airflow 3 has no more: midnight UTC, n days ago."""

_DAYS_AGO_MODULE = "airflow.utils.dates"
_GONE = "airflow.datasets"
"""The one module of AIR311 ("still works") that Airflow 3.3 has no more; imports of the others stay."""

_RENAMED = {
    "airflow.contrib.operators.databricks_operator": "airflow.providers.databricks.operators.databricks",
    "airflow.contrib.hooks.databricks_hook": "airflow.providers.databricks.hooks.databricks",
}
"""Airflow 1's modules, which ruff reports without saying where they went."""


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
    text: Text, imported: Sequence[Imported], findings: Mapping[int, Finding]
) -> Iterator[Edit]:
    """Statements that import what has moved, rewritten where they stand.

    Args:
        text: The file.
        imported: What it imports.
        findings: What ruff says of each probe, by the name's number in `imported`.
    """
    lines = {number: _line(one, findings.get(number)) for number, one in enumerate(imported)}
    for statement in {id(one.statement): one.statement for one in imported}.values():
        numbers = [n for n, one in enumerate(imported) if one.statement is statement]
        if any(lines[number] for number in numbers):
            kept = [imported[number].name for number in numbers if not lines[number]]
            moved = [line for number in numbers if (line := lines[number])]
            yield _replacement(text, statement, [*_kept(statement, kept), *moved])


def _line(one: Imported, finding: Finding | None) -> str | None:
    """How the name is got now; None when its import may stay."""
    if finding is None or (finding.rule == "AIR311" and not one.module.startswith(_GONE)):
        return None
    if (one.module, one.name.name) == (_DAYS_AGO_MODULE, "days_ago"):
        return f"{one.bound} = {DAYS_AGO}"
    target = finding.target
    if target is None and one.module in _RENAMED:
        target = Target(_RENAMED[one.module], one.name.name)
    if target is None:
        return None
    renamed = "" if target.name == one.bound else f" as {one.bound}"
    return f"from {target.module} import {target.name}{renamed}"


def _kept(statement: ast.ImportFrom, names: Sequence[ast.alias]) -> list[str]:
    if not names:
        return []
    listed = ", ".join(ast.unparse(name) for name in names)
    return [f"from {statement.module} import {listed}"]


def _replacement(text: Text, statement: ast.ImportFrom, lines: Sequence[str]) -> Edit:
    start = text.place(statement.lineno, statement.col_offset)
    end = text.place(statement.end_lineno or statement.lineno, statement.end_col_offset or 0)
    return Edit(start, end, "; ".join(lines))
