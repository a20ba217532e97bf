"""`spark.sql(query, args=…)`: markers and values."""

from typing import Any

import pytest
from pyspark.sql.connect import functions as F

from services.workspace.kernel.sql_text.bound_arguments import bound_query, can_bind

CASES: list[tuple[str, Any, str]] = [
    ("select :a + :b", {"a": 1, "b": 2.5}, "select 1 + 2.5D"),
    ("select :a, ':a', `:a` -- :a", {"a": 1}, "select 1, ':a', `:a` -- :a"),
    (
        "select x::int, j:a from t where v = :a",
        {"a": "y"},
        "select x::int, j:a from t where v = 'y'",
    ),
    ("select * from IDENTIFIER(:t)", {"t": "s.t"}, "select * from IDENTIFIER('s.t')"),
    ("select :a, :missing", {"a": None}, "select NULL, :missing"),
    ("select :ab", {"a": 1}, "select :ab"),
    ("select ?, '?', ? -- ?", ["x", -1], "select 'x', '?', (-1) -- ?"),
    ("select ?, ?", [":a"], "select ':a', ?"),
    ("select :a", {"a": "; drop table t -- '"}, r"select '; drop table t -- \''"),
    ("select :a", {"a": F.array(F.lit(1))}, "select `array`(1)"),
    ("select 1", {}, "select 1"),
    ("select 1 limit ?", [5], "select 1 limit 5"),
]


@pytest.mark.parametrize(("query", "args", "expected"), CASES)
def test_values_take_the_places_of_markers(query: str, args: Any, expected: str) -> None:
    """In code only; what has no value is left for Spark to name."""
    assert bound_query(query, args, formatted=False, client=None) == expected


def test_braces_in_values_survive_the_formatting_of_frames() -> None:
    """`{df}` in the query is PySpark's own, `{df}` in a value is a text."""
    query = bound_query("select :a from {df}", {"a": "{df}"}, formatted=True, client=None)
    assert query.format(df="view") == "select '{df}' from view"


@pytest.mark.parametrize("args", [None, 3, (1,), {1: 2}])
def test_what_is_neither_is_left_to_pyspark(args: object) -> None:
    """It says what it takes."""
    assert not can_bind(args)
