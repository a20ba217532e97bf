"""The DAG ids that a file names literally: two DAGs of one id would take turns in Airflow, unseen."""

import ast
from collections.abc import Iterator

from dag_migration.text import Edit, Text

SUFFIX = "_user"
"""What is appended to an id that the pipeline itself uses."""

_MAKERS = {"DAG", "dag"}


def literal_ids(tree: ast.Module) -> list[ast.Constant]:
    """The ids in `DAG("id", …)`, `DAG(dag_id="id", …)` and the same of `@dag`."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and _makes_dag(node))
    values = (value for call in calls for value in _ids(call))
    return [v for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str)]


def ids(source: str) -> list[str]:
    """The ids of a file; none when it is no valid Python."""
    try:
        return [str(node.value) for node in literal_ids(ast.parse(source))]
    except (SyntaxError, ValueError):
        return []


def edits(text: Text, tree: ast.Module, renamed: str) -> Iterator[Edit]:
    """Another id where the file uses the one to be renamed."""
    for node in literal_ids(tree):
        if node.value == renamed:
            start = text.node_position(node.lineno, node.col_offset)
            end = text.node_position(node.end_lineno or node.lineno, node.end_col_offset or 0)
            yield Edit(start, end, repr(renamed + SUFFIX))


def _makes_dag(call: ast.Call) -> bool:
    maker = call.func
    name = maker.attr if isinstance(maker, ast.Attribute) else getattr(maker, "id", "")
    return name in _MAKERS


def _ids(call: ast.Call) -> Iterator[ast.expr]:
    yield from call.args[:1]
    yield from (word.value for word in call.keywords if word.arg == "dag_id")
