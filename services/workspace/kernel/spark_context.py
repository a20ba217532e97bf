"""`sc` and `sqlContext` in front of Spark Connect, which has neither."""

from collections.abc import Iterable
from typing import Any

from pyspark.sql import SparkSession

from services.workspace.kernel.local_rdd import LocalRdd, RddUnsupportedError


class SparkContextFacade:
    """What notebooks ask of a SparkContext, answered by the session."""

    master = "local[*]"
    defaultParallelism = 2
    uiWebUrl = ""

    def __init__(self, spark: SparkSession) -> None:
        self._spark = spark

    @property
    def version(self) -> str:
        """Spark's version."""
        return str(self._spark.version)

    def setLogLevel(self, *_: Any) -> None:  # noqa: N802
        """The server's own log level holds."""

    setLocalProperty = setJobGroup = setCheckpointDir = addPyFile = setLogLevel

    def parallelize(self, c: Iterable[Any], numSlices: int | None = None) -> LocalRdd:  # noqa: N803
        """A list as an RDD, in this process."""
        return LocalRdd(lambda: c)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise RddUnsupportedError(
            f"sc.{name} is not there over Spark Connect. Use the session `spark`."
        )


def spark_context(spark: SparkSession) -> SparkContextFacade:
    """The context of a session, for `sc`."""
    return SparkContextFacade(spark)
