"""A notebook's beginning and end: the Spark session and the names that it finds without having made them."""

from typing import Any

from IPython.core.getipython import get_ipython
from pyspark.sql import SparkSession

from services.settings import Settings, load_settings
from services.workspace.kernel.context import RunContext, read_context

_state: dict[str, Any] = {}


def prepare(settings: Settings) -> None:
    """Keep the settings for `begin`."""
    _state["settings"] = settings


def begin(file: str | None) -> None:
    """Open the Spark session and put the predefined names into the notebook.

    Args:
        file: The context that the executor wrote; None in JupyterLab.
    """
    settings: Settings = _state.get("settings") or load_settings()
    context = read_context(file) if file else RunContext()
    spark = SparkSession.builder.remote(settings.spark_remote).create()
    _state.update(context=context, spark=spark)
    get_ipython().push({"spark": spark, "sql": spark.sql, "table": spark.table}, interactive=False)  # type: ignore[no-untyped-call,union-attr]


def begin_once() -> None:
    """Begin, if nobody has."""
    if "spark" not in _state:
        begin(None)


def finish() -> None:
    """End what `display()` began and wait for the user's own streams."""
