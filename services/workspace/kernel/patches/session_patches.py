"""One session a notebook, whatever it does to get or to stop one; its S3 stays the local one.

Only who names the server, as `spark_jobs.session` does, gets a session of their own, without DBFS and
Databricks' defaults.
"""

from functools import partial
from typing import Any

from pyspark import SparkContext
from pyspark.sql import SparkSession, SQLContext
from pyspark.sql.connect.conf import RuntimeConf
from pyspark.sql.connect.session import SparkSession as ConnectSession

from services.workspace.kernel.patches.patching import Method, replace_method, set_member
from services.workspace.kernel.process.output import print_once
from services.workspace.kernel.spark.local_aws import is_s3_access_setting
from services.workspace.kernel.spark.spark_context import SparkContextFacade, SqlContextFacade


def install(spark: SparkSession) -> None:
    """Make `spark` the one session, and its facades the one SparkContext and SQLContext."""
    context, sql = SparkContextFacade(spark), SqlContextFacade(spark)
    replace_method(ConnectSession, "stop", partial(_stop, spark))
    replace_method(SparkSession.Builder, "create", _create)
    set_member(ConnectSession, "sparkContext", property(lambda _session: context))
    set_member(SparkContext, "getOrCreate", staticmethod(lambda *_args, **_named: context))
    set_member(SparkContext, "__new__", lambda *_args, **_named: context)
    set_member(SQLContext, "getOrCreate", staticmethod(lambda *_args, **_named: sql))
    set_member(SQLContext, "__new__", lambda *_args, **_named: sql)
    replace_method(RuntimeConf, "set", _set)
    replace_method(RuntimeConf, "_set_all", _set_all)


def _stop(spark: SparkSession, original: Method) -> Method:
    def stop(session: Any) -> None:
        if session is spark:
            print_once("stop", "spark.stop(): the session stays open. It ends with the notebook.")
        else:
            original(session)

    return stop


def _create(original: Method) -> Method:
    def create(builder: Any) -> SparkSession:
        session: SparkSession = (
            original(builder) if "spark.remote" in builder._options else builder.getOrCreate()
        )
        return session

    return create


def _set(original: Method) -> Method:
    def set_one(conf: RuntimeConf, key: str, value: Any) -> None:
        if _without_s3_access({key: value}):
            original(conf, key, value)

    return set_one


def _set_all(original: Method) -> Method:
    """The builder's `config(…)` comes this way."""

    def set_all(conf: RuntimeConf, configs: dict[str, Any], *args: Any, **named: Any) -> None:
        original(conf, _without_s3_access(configs), *args, **named)

    return set_all


def _without_s3_access(configs: dict[str, Any]) -> dict[str, Any]:
    access = [key for key in configs if is_s3_access_setting(key)]
    if access:
        print_once(
            "s3 settings",
            f"{access[0]} is not set: S3 is the local one here, with keys of its own.",
        )
    return {key: value for key, value in configs.items() if key not in access}
