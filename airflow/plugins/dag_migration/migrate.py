"""One file, from Airflow 2 to Airflow 3: ruff's rules, and what ruff reports but leaves to people."""

import ast

from dag_migration import dag_ids, imports, ruff, usage
from dag_migration.text import Text


def migrate(source: str, renamed: str = "") -> str:
    """The file's text for Airflow 3, every line at its place; the same text when nothing is to be done.

    A file that is no valid Python comes back as it is: Airflow shows the error and its line.

    Args:
        source: The file's text.
        renamed: A DAG id that is taken by the pipeline itself; the file's DAG gets another one.

    Raises:
        RuntimeError: ruff did not answer.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return source
    migrated = _migrate(source, tree, renamed)
    return migrated if _is_valid(migrated) else source


def _migrate(source: str, tree: ast.Module, renamed: str) -> str:
    ours = imports.imported_from_airflow(tree)
    text = Text(source)
    found = ruff.check(f"{source}\n{imports.probes(ours)}") if "airflow" in source else []
    uses = [violation for violation in found if violation.position.row <= text.rows]
    names = {
        (violation.position.row - text.rows - 1) // 2: violation
        for violation in found
        if violation.position.row > text.rows
    }
    return text.apply(
        [
            *imports.edits(text, ours, names),
            *usage.edits(text, tree, uses),
            *dag_ids.edits(text, tree, renamed),
        ]
    )


def _is_valid(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True
