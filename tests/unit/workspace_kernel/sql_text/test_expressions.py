"""PySpark columns as expressions of SQL."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pyspark.sql.connect import functions as F
from pyspark.sql.connect.functions import col, expr, lit
from pyspark.sql.connect.window import Window
from pyspark.sql.types import LongType

from services.workspace.kernel.sql_text.expressions import (
    ExpressionWriter,
    UnsupportedExpressionError,
)

LENGTH: Any = F.udf(len, LongType())
MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)

LITERALS: list[tuple[Any, str]] = [
    (None, "NULL"),
    (True, "true"),
    (5, "5"),
    (-5, "(-5)"),
    (2**40, "1099511627776L"),
    (1.5, "1.5D"),
    (-1e300, "(-1e+300D)"),
    (float("nan"), "CAST('NaN' AS DOUBLE)"),
    (float("-inf"), "CAST('-Infinity' AS DOUBLE)"),
    (Decimal("-1.50"), "(-1.50BD)"),
    (Decimal("1E+2"), "100BD"),
    ("it's", r"'it\'s'"),
    ("a\\b", r"'a\\b'"),
    ("${x}", r"'\u0024{x}'"),
    ("a -- b /* ; */", "'a -- b /* ; */'"),
    (b"\x00\xff", "X'00ff'"),
    (date(1969, 12, 31), "DATE '1969-12-31'"),
    (MIDNIGHT, "TIMESTAMP '2026-03-01 00:00:00.000000Z'"),
    (timedelta(days=1, seconds=7384, microseconds=5), "INTERVAL '1 02:03:04.000005' DAY TO SECOND"),
    (timedelta(seconds=-1), "INTERVAL '-0 00:00:01.000000' DAY TO SECOND"),
    ([1, 2], "`array`(1, 2)"),
]

EXPRESSIONS: list[tuple[Callable[[], Any], str]] = [
    (lambda: col("v"), "`v`"),
    (lambda: col("s.a b"), "`s`.`a b`"),
    (lambda: col("`a.b`.c"), "`a.b`.`c`"),
    (lambda: col("v") == "x", "(`v` = 'x')"),
    (lambda: col("v") != "x", "(NOT (`v` = 'x'))"),
    (lambda: col("a") - lit(-1), "(`a` - (-1))"),
    (lambda: 1 - col("a") * 2, "(1 - (`a` * 2))"),
    (lambda: -col("a"), "(- `a`)"),
    (lambda: col("a") ** 2, "`power`(`a`, 2)"),
    (
        lambda: (col("a") > 1) & ~(col("b") <= 2) | col("c"),
        "(((`a` > 1) AND (NOT (`b` <= 2))) OR `c`)",
    ),
    (lambda: col("a").eqNullSafe(lit(None)), "(`a` <=> NULL)"),
    (lambda: col("a").isNull(), "(`a` IS NULL)"),
    (lambda: col("a").isNotNull(), "(`a` IS NOT NULL)"),
    (lambda: col("a").isin(1, 2), "(`a` IN (1, 2))"),
    (lambda: col("a").isin([]), "false"),
    (lambda: col("a").like("x%"), "(`a` LIKE 'x%')"),
    (lambda: col("a").contains("x"), "`contains`(`a`, 'x')"),
    (lambda: col("a").between(1, 2), "((`a` >= 1) AND (`a` <= 2))"),
    (lambda: col("a").substr(1, 2), "`substr`(`a`, 1, 2)"),
    (lambda: col("a").cast("decimal(10,2)"), "CAST(`a` AS decimal(10,2))"),
    (lambda: col("a").try_cast("int"), "TRY_CAST(`a` AS int)"),
    (lambda: col("a").alias("x"), "`a`"),
    (lambda: col("a")["k"], "`a`['k']"),
    (lambda: col("a").getField("f"), "`a`['f']"),
    (lambda: col("a")[0], "`a`[0]"),
    (lambda: expr("a + 1"), "(a + 1)"),
    (lambda: expr("a + 1 -- one"), "(a + 1 -- one\n)"),
    (lambda: F.upper("v"), "`upper`(`v`)"),
    (F.current_timestamp, "`current_timestamp`()"),
    (lambda: F.concat(col("a"), lit("-")), "`concat`(`a`, '-')"),
    (lambda: F.coalesce(col("a"), lit(0)), "`coalesce`(`a`, 0)"),
    (lambda: F.count_distinct("a"), "`count`(DISTINCT `a`)"),
    (lambda: F.when(col("a") > 1, "x"), "CASE WHEN (`a` > 1) THEN 'x' END"),
    (
        lambda: F.when(col("a") > 1, "x").when(col("a") > 0, "y").otherwise("z"),
        "CASE WHEN (`a` > 1) THEN 'x' WHEN (`a` > 0) THEN 'y' ELSE 'z' END",
    ),
    (lambda: F.struct(col("a").alias("x"), col("b")), "struct(`a` AS `x`, `b`)"),
    (lambda: F.create_map(lit("k"), col("a")), "`map`('k', `a`)"),
    (lambda: F.timestamp_diff("DAY", col("a"), col("b")), "timestampdiff(DAY, `a`, `b`)"),
    (lambda: F.call_function("mine.f", col("a")), "`mine`.`f`(`a`)"),
    (lambda: col("*"), "*"),
    (lambda: col("s.*"), "`s`.*"),
]

WITHOUT_SQL: list[tuple[Callable[[], Any], str]] = [
    (lambda: F.row_number().over(Window.partitionBy("b").orderBy("a")), "A window function"),
    (lambda: col("a").withField("f", lit(1)), "withField or dropFields"),
    (lambda: col("a").desc(), "An order such as desc"),
    (lambda: LENGTH("a"), "Register it with spark.udf.register"),
]


@pytest.mark.parametrize(("value", "sql"), LITERALS)
def test_a_value_is_a_literal_of_its_type(value: object, sql: str) -> None:
    """No text ends it, and Spark reads the same value back."""
    assert ExpressionWriter().column(lit(value)) == sql


@pytest.mark.parametrize(("make", "sql"), EXPRESSIONS)
def test_a_column_is_an_expression(make: Callable[[], Any], sql: str) -> None:
    """With the precedence that Python gave it."""
    assert ExpressionWriter().column(make()) == sql


@pytest.mark.parametrize(
    ("make", "form"),
    [
        (
            lambda: F.transform(col("a"), lambda x: x + 1),
            r"`transform`\(`a`, (`\w+`) -> \(\1 \+ 1\)\)",
        ),
        (
            lambda: F.aggregate(col("a"), lit(0), lambda x, y: x + y),
            r"`aggregate`\(`a`, 0, \((`\w+`), (`\w+`)\) -> \(\1 \+ \2\)\)",
        ),
    ],
)
def test_a_lambdas_variables_are_named_in_its_body(make: Callable[[], Any], form: str) -> None:
    """As Spark names them; parentheses around several only, as its grammar wants it."""
    assert re.fullmatch(form, ExpressionWriter().column(make()))


def test_a_frames_own_column_is_qualified() -> None:
    """`frame.column` knows its frame by a number; another frame's is left as it is."""
    column: Any = col("v")
    column._expr._plan_id = 7
    assert ExpressionWriter(aliases={7: "s"}).column(column) == "`s`.`v`"
    assert ExpressionWriter(aliases={8: "s"}).column(column) == "`v`"


@pytest.mark.parametrize(("make", "message"), WITHOUT_SQL)
def test_what_sql_has_no_form_for_is_refused(make: Callable[[], Any], message: str) -> None:
    """Naming what it is, and what to do."""
    with pytest.raises(UnsupportedExpressionError, match=message):
        ExpressionWriter().column(make())
