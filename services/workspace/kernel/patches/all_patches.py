"""What Databricks' PySpark takes and Spark Connect's does not: put into PySpark's classes, in this process only.

boto3 is changed by the way.
"""

import pyspark
from pyspark.sql import SparkSession
from pyspark.sql.connect.dataframe import DataFrame

from services.settings import Settings
from services.workspace.kernel.dbutils.widgets import WidgetsUtils
from services.workspace.kernel.delta_tables import installation as delta_tables
from services.workspace.kernel.display.display_function import display
from services.workspace.kernel.patches import (
    account_key_patches,
    session_patches,
    source_patches,
    spark_token_patches,
    stack_key_patches,
    star_import,
    stream_patches,
    table_patches,
)
from services.workspace.kernel.patches.patching import set_member
from services.workspace.kernel.spark import java_objects
from services.workspace.kernel.spark.local_rdd import LocalRdd


def install(spark: SparkSession, settings: Settings, widgets: WidgetsUtils) -> None:
    """Change PySpark's, Delta's and boto3's classes for this process.

    `spark` is the session that they all give from then on; statements of SQL see and change `widgets`.
    """
    account_key_patches.install(settings)
    stack_key_patches.install(settings)
    spark_token_patches.install(settings)
    session_patches.install(spark)
    table_patches.install(settings, widgets)
    source_patches.install(settings)
    stream_patches.install(settings)
    star_import.install()
    delta_tables.install()
    java_objects.install()
    set_member(pyspark.sql.DataFrame, "display", display)
    set_member(DataFrame, "rdd", property(LocalRdd.of_frame))
