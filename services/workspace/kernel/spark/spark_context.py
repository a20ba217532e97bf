"""`sc` and `sqlContext` in front of Spark Connect, which has neither."""

from collections.abc import Iterable
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from services.workspace.kernel.spark.local_rdd import LocalRdd, RddUnsupportedError

_ALTERNATIVES = {
    "broadcast": "a plain variable, which travels with the function that uses it",
    "accumulator": "df.agg(…) over the rows",
    "wholeTextFiles": "spark.read.text(path, wholetext=True)",
    "binaryFiles": 'spark.read.format("binaryFile").load(path)',
    "range": "spark.range(n)",
    "emptyRDD": "spark.createDataFrame([], schema)",
    "addFile": "dbutils.fs.cp",
}


class SparkContextFacade:
    """What notebooks ask of a SparkContext, answered by the session."""

    master = "local[*]"
    defaultParallelism = 2

    def __init__(self, spark: SparkSession) -> None:
        self._spark = spark
        self._jsc = _JavaContext(spark)

    @property
    def version(self) -> str:
        return str(self._spark.version)

    @property
    def appName(self) -> str:
        return str(self.getConf().get("spark.app.name", ""))

    @property
    def applicationId(self) -> str:
        return str(self.getConf().get("spark.app.id", ""))

    @property
    def uiWebUrl(self) -> str:
        """Where the server shows its jobs."""
        conf = self.getConf()
        return f"http://{conf.get('spark.driver.host', '')}:{conf.get('spark.ui.port', '')}"

    def getConf(self) -> "_Conf":
        return _Conf(self._spark)

    def setLogLevel(self, *_args: Any, **_named: Any) -> None:
        """Nothing happens: the server is not this notebook's alone. So with the others of this kind."""

    setLocalProperty = setJobGroup = setJobDescription = setCheckpointDir = setLogLevel

    def addPyFile(self, path: str) -> None:
        """Send a module to the Python processes that run UDFs."""
        self._spark.addArtifacts(path, pyfile=True)

    def parallelize(self, c: Iterable[Any], numSlices: int | None = None) -> LocalRdd:
        """Elements as an RDD, in this process; `numSlices` changes nothing."""
        return LocalRdd(lambda: c)

    def textFile(self, name: str, *_args: Any, **_named: Any) -> LocalRdd:
        return LocalRdd.of_frame(self._spark.read.text(name)).map(lambda row: row.value)

    def stop(self) -> None:
        self._spark.stop()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        alternative = _ALTERNATIVES.get(name, "what the session `spark` has")
        raise RddUnsupportedError(f"sc.{name} is not there over Spark Connect. Use {alternative}.")

    def __repr__(self) -> str:
        return f"<SparkContext master={self.master} appName={self.appName}>"


class SqlContextFacade:
    """What notebooks ask of an SQLContext: all that the session has, and a few old names."""

    def __init__(self, spark: SparkSession) -> None:
        self.sparkSession = spark

    def registerDataFrameAsTable(self, df: DataFrame, tableName: str) -> None:
        df.createOrReplaceTempView(tableName)

    def tables(self) -> DataFrame:
        return self.sparkSession.sql("SHOW TABLES")

    def setConf(self, key: str, value: str) -> None:
        self.sparkSession.conf.set(key, value)

    def getConf(self, key: str, *default: str | None) -> str | None:
        return self.sparkSession.conf.get(key, *default)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sparkSession, name)


class _Conf:
    """A SparkConf of the session's settings."""

    def __init__(self, spark: SparkSession) -> None:
        self._spark = spark

    def get(self, key: str, defaultValue: Any = None) -> Any:
        return self._spark.conf.get(key, defaultValue)

    def getAll(self) -> list[tuple[str, str]]:
        return sorted(self._spark.conf.getAll.items())

    def contains(self, key: str) -> bool:
        return self.get(key) is not None

    def set(self, key: str, value: str) -> "_Conf":
        self._spark.conf.set(key, value)
        return self


class _JavaContext:
    """`sc._jsc.hadoopConfiguration().set(key, value)`: a widespread idiom."""

    def __init__(self, spark: SparkSession) -> None:
        self._conf = _Conf(spark)

    def hadoopConfiguration(self) -> _Conf:
        return self._conf
