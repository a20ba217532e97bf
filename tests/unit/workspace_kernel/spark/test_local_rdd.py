"""The SparkContext's facade and the few RDD functions, over a session that is not there."""

from typing import Any

import pytest

from services.workspace.kernel.spark import local_rdd
from services.workspace.kernel.spark.local_rdd import (
    LocalRdd,
    RddUnsupportedError,
    TooManyRowsError,
)
from services.workspace.kernel.spark.spark_context import SparkContextFacade, SqlContextFacade


class FakeConf:
    def __init__(self) -> None:
        self.values: dict[str, str] = {"spark.app.name": "pincloud"}

    def get(self, key: str, default: Any = None) -> Any:
        return self.values.get(key, default)

    def set(self, key: str, value: str) -> None:
        self.values[key] = value

    @property
    def getAll(self) -> dict[str, str]:
        return self.values


class FakeSpark:
    version = "4.2.0"

    def __init__(self) -> None:
        self.conf = FakeConf()

    def table(self, name: str) -> str:
        return f"table {name}"


class FakeFrame:
    def __init__(self, count: int) -> None:
        self.rows = list(range(count))

    def limit(self, n: int) -> "FakeFrame":
        return FakeFrame(min(n, len(self.rows)))

    def collect(self) -> list[int]:
        return self.rows


def test_transformations_are_made_when_they_are_needed() -> None:
    """And give what Spark's give."""
    numbers = LocalRdd(lambda: range(4))
    assert numbers.map(lambda n: n * 2).filter(lambda n: n > 2).collect() == [4, 6]
    assert numbers.flatMap(lambda n: [n] * n).count() == 6
    assert (numbers.take(2), numbers.first(), numbers.isEmpty()) == ([0, 1], 0, False)
    assert numbers.getNumPartitions() == 1


def test_an_error_in_a_function_is_the_functions_own() -> None:
    """Also an AttributeError, which Python would take for a missing attribute."""
    with pytest.raises(AttributeError, match="'int' object has no attribute 'nope'"):
        LocalRdd(lambda: [1]).map(lambda n: n.nope).collect()


def test_the_rest_fails_with_what_to_write_instead() -> None:
    """One sentence; `hasattr` tells the truth."""
    rdd = LocalRdd(lambda: [])
    with pytest.raises(RddUnsupportedError, match=r"rdd\.mapPartitions .* df\.mapInPandas"):
        rdd.mapPartitions(lambda part: part)
    assert not hasattr(rdd, "glom")


def test_a_frame_with_too_many_rows_is_not_brought_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The notebook's process would run out of memory; asking for partitions brings nothing."""
    monkeypatch.setattr(local_rdd, "LIMIT", 10)
    assert LocalRdd.of_frame(FakeFrame(10)).count() == 10  # type: ignore[arg-type]
    big = LocalRdd.of_frame(FakeFrame(11))  # type: ignore[arg-type]
    assert big.getNumPartitions() == 1
    with pytest.raises(TooManyRowsError, match="more than 10 rows"):
        big.map(str).collect()


def test_the_context_answers_what_notebooks_ask() -> None:
    """Log levels are nobody's; settings are the session's."""
    spark = FakeSpark()
    sc = SparkContextFacade(spark)  # type: ignore[arg-type]
    sc.setLogLevel("ERROR")
    sc.setJobGroup("a", "b")
    sc._jsc.hadoopConfiguration().set("fs.x", "1")
    assert (sc.appName, sc.version, sc.master) == ("pincloud", "4.2.0", "local[*]")
    assert sc.getConf().get("fs.x") == "1"
    assert ("fs.x", "1") in sc.getConf().getAll()
    assert sc.parallelize([1, 2]).collect() == [1, 2]


def test_what_a_context_cannot_do_is_an_error() -> None:
    """With the form that works."""
    sc = SparkContextFacade(FakeSpark())  # type: ignore[arg-type]
    with pytest.raises(RddUnsupportedError, match=r"sc\.broadcast .* plain variable"):
        sc.broadcast(1)


def test_the_sql_context_is_the_session() -> None:
    """And keeps its own old names."""
    sql = SqlContextFacade(FakeSpark())  # type: ignore[arg-type]
    assert sql.table("t") == "table t"
    sql.setConf("a", "b")
    assert sql.getConf("a") == "b"
