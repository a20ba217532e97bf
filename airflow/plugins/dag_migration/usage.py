"""Arguments and attributes that Airflow 3 does not take, where they are used."""

import ast
import re
from collections.abc import Iterable, Iterator

from dag_migration.imports import DAYS_AGO
from dag_migration.ruff import Violation
from dag_migration.text import Edit, Text, TextPosition

_COMMA_AFTER = re.compile(r"[ \t]*,[ \t]*")
_COMMA_BEFORE = re.compile(r"[ \t]*,[ \t]*$")
_TEMPLATE = re.compile(r"\{\{[^{}]*\}\}")
_NAMES = {
    "execution_date": "logical_date",
    "next_execution_date": "data_interval_end",
    "next_ds": "(data_interval_end | ds)",
    "tomorrow_ds": "macros.ds_add(ds, 1)",
    "yesterday_ds": "macros.ds_add(ds, -1)",
}
"""What templates call a run's dates → how Airflow 3 says exactly that."""

_NAME = re.compile(rf"\bexecution_date\b|(?<![.\w])(?:{'|'.join(_NAMES)})\b")


def edits(text: Text, tree: ast.Module, violations: Iterable[Violation]) -> Iterator[Edit]:
    """Ruff's own sure changes within a line; removed arguments left out; `dates.days_ago` spelled out."""
    keywords = {
        _start(text, node): node for node in ast.walk(tree) if isinstance(node, ast.keyword)
    }
    attributes = {
        _start(text, node): node
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "days_ago"
    }
    for violation in violations:
        if violation.edits:
            yield from _sure(violation)
        elif violation.rule == "AIR301" and violation.position in keywords:
            yield _without(text, keywords[violation.position])
        elif violation.position in attributes:
            node = attributes[violation.position]
            yield Edit(violation.position, _end(text, node), f"({DAYS_AGO})")
    yield from _templates(text, tree)
    yield from _context(text, tree)


def _sure(violation: Violation) -> Iterator[Edit]:
    """Ruff's edits, unless they move lines about (imports, which are dealt with elsewhere)."""
    if violation.safe and not any(edit.rows or "\n" in edit.text for edit in violation.edits):
        yield from violation.edits


def _without(text: Text, argument: ast.keyword) -> Edit:
    """The argument left out, with the comma after it or else the one before it."""
    start, end = _start(text, argument), _end(text, argument)
    if after := _COMMA_AFTER.match(text.source, text.offset(end)):
        return Edit(start, TextPosition(end.row, end.column + len(after[0])), "")
    row = text.source[: text.offset(start)][-start.column :] if start.column else ""
    before = _COMMA_BEFORE.search(row)
    return Edit(TextPosition(start.row, start.column - len(before[0] if before else "")), end, "")


def _templates(text: Text, tree: ast.Module) -> Iterator[Edit]:
    """`{{ execution_date }}` and other dates under their names in Airflow 3."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "{{" in node.value:
            start, end = _start(text, node), _end(text, node)
            before = text.source[text.offset(start) : text.offset(end)]
            after = _TEMPLATE.sub(_renamed, before)
            if after != before:
                yield Edit(start, end, after)


def _renamed(template: re.Match[str]) -> str:
    return _NAME.sub(lambda name: _NAMES[name[0]], template[0])


def _context(text: Text, tree: ast.Module) -> Iterator[Edit]:
    """`context["execution_date"]` under its name in Airflow 3: ruff sees it in decorated tasks only, and leaves it.

    Found in the text, since Python before 3.12 does not know where in an f-string a key stands.
    """
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    owners = {"context"} | {f.args.kwarg.arg for f in functions if f.args.kwarg}
    keys = rf"""(?<![.\w])(?:{"|".join(owners)})(?:\[|\.get\()\s*(['"])(execution_date)\1"""
    for key in re.finditer(keys, text.source):
        yield Edit(text.at(key.start(2)), text.at(key.end(2)), "logical_date")


def _start(text: Text, node: ast.expr | ast.keyword) -> TextPosition:
    return text.node_position(node.lineno, node.col_offset)


def _end(text: Text, node: ast.expr | ast.keyword) -> TextPosition:
    return text.node_position(node.end_lineno or node.lineno, node.end_col_offset or 0)
