"""`dbutils.data`: a frame's columns at a glance."""

from collections.abc import Callable
from typing import Any, ClassVar

import pandas as pd  # type: ignore[import-untyped]  # its stubs are not among the dependencies
from pyspark.sql import DataFrame

from services.workspace.kernel.dbutils.help_texts import WithHelp
from services.workspace.kernel.dbutils.pandas_summary import pandas_summary
from services.workspace.kernel.dbutils.spark_summary import spark_summary
from services.workspace.kernel.process.output import print_line


class DataUtils(WithHelp):
    """What notebooks call `dbutils.data`.

    Args:
        show: The notebook's `display`.
    """

    _part: ClassVar[str] = "data"

    def __init__(self, show: Callable[[Any], None]) -> None:
        self._show = show

    def summarize(self, df: Any, precise: bool = False) -> None:  # noqa: FBT001, FBT002 - Databricks' call
        """Show statistics of each column of a frame of Spark or pandas: a row a column.

        Args:
            df: The frame.
            precise: Count distinct values and find medians exactly, not with an error of a few per cent.

        Raises:
            TypeError: it is no frame.
        """
        if isinstance(df, pd.Series):
            df = df.to_frame()
        if isinstance(df, pd.DataFrame):
            rows, features = len(df), pandas_summary(df)
        elif isinstance(df, DataFrame):
            rows, features = spark_summary(df, precise=precise)
        elif hasattr(df, "to_spark"):
            rows, features = spark_summary(df.to_spark(), precise=precise)
        else:
            raise TypeError(
                f"dbutils.data.summarize takes a DataFrame of Spark or pandas, not {type(df).__name__}."
            )
        print_line(f"{rows:,} rows, {len(features)} columns")
        self._show(features)
