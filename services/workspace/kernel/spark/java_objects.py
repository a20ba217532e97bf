"""Java's objects behind PySpark's, which Spark Connect has not: the few of their methods that notebooks call.

`df._jdf.sparkSession().sql(…)` stood in Databricks' own pages on MERGE in `foreachBatch`, and
`spark._jsparkSession.catalog().tableExists(database, table)` is how PySpark before 3.3 asked for a table.
"""

from typing import Any

from pyspark.sql.connect.catalog import Catalog
from pyspark.sql.connect.dataframe import DataFrame
from pyspark.sql.connect.session import SparkSession

from services.workspace.kernel.spark.table_names import local_name


class JavaCatalog:
    """`spark.catalog._jcatalog`."""

    def __init__(self, catalog: Any) -> None:
        self._catalog = catalog

    def tableExists(self, *name: str) -> bool:
        """Whether there is a table or a view: by one name, or by database and table."""
        parts = [part.replace("`", "") for part in name]
        plain = name[0] if len(name) == 1 else ".".join(f"`{part}`" for part in parts)
        return bool(self._catalog.tableExists(local_name(plain)))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._catalog, name)


class JavaSession:
    """`spark._jsparkSession`, and what `df._jdf.sparkSession()` gives."""

    def __init__(self, spark: Any) -> None:
        self._spark = spark

    def catalog(self) -> JavaCatalog:
        return JavaCatalog(self._spark.catalog)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._spark, name)


class JavaFrame:
    """`df._jdf`."""

    def __init__(self, frame: Any) -> None:
        self._frame = frame

    def sparkSession(self) -> JavaSession:
        return JavaSession(self._frame.sparkSession)


def install() -> None:
    """Give PySpark's classes for Spark Connect these attributes, in this process."""
    for owner, name, make in (
        (Catalog, "_jcatalog", JavaCatalog),
        (SparkSession, "_jsparkSession", JavaSession),
        (DataFrame, "_jdf", JavaFrame),
    ):
        setattr(owner, name, property(make))
