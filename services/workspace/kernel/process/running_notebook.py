"""The notebook that this process executes."""

from dataclasses import dataclass

from pyspark.sql import SparkSession

from services.settings import Settings
from services.workspace.kernel.process.run_context import RunContext


@dataclass(frozen=True)
class RunningNotebook:
    """What a notebook has from its beginning to its end."""

    settings: Settings
    context: RunContext
    spark: SparkSession
