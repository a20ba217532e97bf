"""The little of the RDD interface that notebooks use, over rows in the notebook's own process."""

from collections.abc import Callable, Iterable
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from services.workspace.kernel.process.output import print_once

LIMIT = 100_000
"""Rows that are brought into the notebook's process at most."""

_ALTERNATIVES = {
    "mapPartitions": "df.mapInPandas(f, schema)",
    "reduceByKey": "df.groupBy(key).agg(…)",
    "groupByKey": "df.groupBy(key).agg(collect_list(…))",
    "sortByKey": "df.orderBy(key)",
    "saveAsTextFile": "df.write.text(path)",
}


class RddUnsupportedError(AttributeError):
    """Something of Spark's RDD interface that Spark Connect does not have; says what to write instead."""


class TooManyRowsError(Exception):
    """A frame is too large for the notebook's own process."""


class LocalRdd:
    """Elements in this process, computed when they are first needed."""

    def __init__(self, make: Callable[[], Iterable[Any]]) -> None:
        self._make = make
        self._made: list[Any] | None = None

    @classmethod
    def of_frame(cls, frame: DataFrame) -> "LocalRdd":
        """A frame's rows, brought here when they are needed."""
        return cls(lambda: _rows(frame))

    def _elements(self) -> list[Any]:
        if self._made is None:
            self._made = list(self._make())
        return self._made

    def map(self, f: Callable[[Any], Any], **_: Any) -> "LocalRdd":
        return LocalRdd(lambda: [f(item) for item in self._elements()])

    def flatMap(self, f: Callable[[Any], Iterable[Any]], **_: Any) -> "LocalRdd":
        return LocalRdd(lambda: [part for item in self._elements() for part in f(item)])

    def filter(self, f: Callable[[Any], bool]) -> "LocalRdd":
        return LocalRdd(lambda: [item for item in self._elements() if f(item)])

    def collect(self) -> list[Any]:
        return list(self._elements())

    def take(self, num: int) -> list[Any]:
        return self._elements()[:num]

    def first(self) -> Any:
        if not self._elements():
            raise ValueError("RDD is empty")
        return self._elements()[0]

    def count(self) -> int:
        return len(self._elements())

    def isEmpty(self) -> bool:
        return not self._elements()

    def getNumPartitions(self) -> int:
        """All elements are in one place."""
        return 1

    def toDF(self, schema: Any = None, **_: Any) -> DataFrame:
        return SparkSession.active().createDataFrame(self._elements(), schema)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        alternative = _ALTERNATIVES.get(
            name, "the DataFrame's own methods (select, filter, groupBy, mapInPandas)"
        )
        raise RddUnsupportedError(
            f"rdd.{name} needs RDDs, which Spark Connect does not have. Use {alternative}."
        )


def _rows(frame: DataFrame) -> list[Any]:
    print_once(
        "rdd", "RDD functions work on the rows in the notebook's own process here, not in Spark."
    )
    rows = frame.limit(LIMIT + 1).collect()
    if len(rows) > LIMIT:
        raise TooManyRowsError(
            f"df.rdd: the frame has more than {LIMIT:,} rows, too many for the notebook's own process. "
            "Use the DataFrame's own methods, or df.limit(n).rdd."
        )
    return rows
