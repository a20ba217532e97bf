"""What notebooks say for the real cloud, and what it means here: tables, settings, streams, errors."""

import pytest

from services.settings import Settings, load_settings
from services.workspace.kernel.spark.error_messages import (
    SESSION_LOST,
    is_session_lost,
    short_message,
)
from services.workspace.kernel.spark.local_aws import is_s3_access_setting, kinesis_options
from services.workspace.kernel.spark.table_names import (
    dropped_table,
    local_name,
    local_sql,
    written_table,
)


@pytest.fixture
def settings() -> Settings:
    """Settings with keys of a local cloud."""
    return load_settings(
        aws_access_key_id="LKIA",
        aws_secret_access_key="local",
        aws_endpoint_url="http://127.0.0.1:4566",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * FROM hive_metastore.default.t", "SELECT * FROM default.t"),
        ("select * from `hive_metastore`.`default`.t", "select * from `default`.t"),
        ("SELECT 'hive_metastore.x' FROM HIVE_METASTORE . t", "SELECT 'hive_metastore.x' FROM t"),
        ("-- hive_metastore.x\nSELECT 1", "-- hive_metastore.x\nSELECT 1"),
        ("SELECT my_hive_metastore.x FROM t", "SELECT my_hive_metastore.x FROM t"),
        ("USE CATALOG hive_metastore;", "USE default"),
    ],
)
def test_the_old_catalogs_name_is_dropped_in_sql(text: str, expected: str) -> None:
    """But not in strings, comments or longer names."""
    assert local_sql(text) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("hive_metastore.default.t", "default.t"), ("t", "t"), ("`hive_metastore`.x", "x")],
)
def test_the_old_catalogs_name_is_dropped_from_a_table(name: str, expected: str) -> None:
    """The server has one catalog."""
    assert local_name(name) == expected


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("INSERT INTO t VALUES (1)", "t"),
        ("-- first\n/* then */ insert overwrite table default.`0a_t` select 1", "default.`0a_t`"),
        ("CREATE OR REPLACE TABLE t USING delta AS SELECT 1", "t"),
        ("CREATE TABLE IF NOT EXISTS t (a int)", "t"),
        ("MERGE INTO t USING s ON a = b", "t"),
        ("DELETE FROM t", "t"),
        ("UPDATE t SET a = 1", "t"),
        ("SELECT * FROM t", None),
        ("CREATE OR REPLACE TEMP VIEW t AS SELECT 1", None),
        ("DROP TABLE t", None),
    ],
)
def test_statements_that_write_a_table_are_known(text: str, table: str | None) -> None:
    """The speed layer's tables have one writer."""
    assert written_table(text) == table


def test_a_dropped_table_is_known() -> None:
    """Its files may have to be removed."""
    assert dropped_table("DROP TABLE IF EXISTS default.t") == "default.t"
    assert dropped_table("DROP VIEW t") is None


@pytest.mark.parametrize(
    ("key", "away"),
    [
        ("fs.s3a.access.key", True),
        ("spark.hadoop.fs.s3a.secret.key", True),
        ("fs.s3n.awsAccessKeyId", True),
        ("fs.s3a.bucket.mine.endpoint", True),
        ("spark.hadoop.fs.s3a.endpoint", True),
        ("fs.s3a.connection.maximum", False),
        ("spark.databricks.delta.formatCheck.enabled", False),
        ("spark.sql.shuffle.partitions", False),
    ],
)
def test_settings_that_lead_to_the_real_s3_are_known(key: str, *, away: bool) -> None:
    """Tuning is let through."""
    assert is_s3_access_setting(key) is away


def test_kinesis_is_the_local_one_whatever_is_given(settings: Settings) -> None:
    """Real region, keys and endpoint give way; the rest stays as it was spelled."""
    given = {
        "streamName": "s",
        "REGION": "eu-west-1",
        "awsaccesskey": "AKIA",
        "awsSecretKey": "real",
        "endpointUrl": "https://kinesis.eu-west-1.amazonaws.com",
        "initialPosition": "earliest",
    }
    assert kinesis_options(given, settings) == {
        "streamName": "s",
        "initialPosition": "earliest",
        "endpointUrl": "http://127.0.0.1:4566",
        "region": "us-east-1",
        "awsAccessKey": "LKIA",
        "awsSecretKey": "local",
    }


def test_an_emulator_that_was_named_is_used(settings: Settings) -> None:
    """The pipeline's own notebooks name theirs."""
    given = {"streamName": "s", "endpoint": "http://127.0.0.1:9", "awsAccessKey": "own"}
    assert kinesis_options(given, settings) == given


STREAM = """\
[STREAM_FAILED] Query [id = 85cd, runId = 7ff9] terminated with exception: [PYTHON_X] Failed: \
Traceback (most recent call last):
  File "/e/site-packages/botocore/client.py", line 6, in _api_call
    return self._make_api_call()
botocore.Error: An error

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/e/pyspark.zip/pyspark/runner.py", line 281, in main
  File "/notebooks/mine.py", line 3, in f
    return 1 / 0
           ~~^~~
pyspark_kinesis.errors.SourceError: There is no stream x.
 SQLSTATE: 38000 SQLSTATE: XXKST
=== Streaming Query ===
Identifier: m2

JVM stacktrace:
org.apache.spark"""


def test_a_failed_stream_is_told_in_the_notebooks_own_frames() -> None:
    """Of the chain the last traceback, without Spark's frames, its plan and Java."""
    assert short_message(Exception(STREAM)) == (
        "[PYTHON_X] Failed: Traceback (most recent call last):\n"
        '  File "/notebooks/mine.py", line 3, in f\n'
        "    return 1 / 0\n"
        "           ~~^~~\n"
        "pyspark_kinesis.errors.SourceError: There is no stream x."
    )


def test_plan_and_authority_are_left_out() -> None:
    """Paths are shown as notebooks write them."""
    text = "[PATH_NOT_FOUND] dbfs://local/mnt/x;\n'Project [*]\n+- 'UnresolvedRelation [t]\n"
    assert short_message(Exception(text)) == "[PATH_NOT_FOUND] dbfs:/mnt/x"


def test_a_long_error_is_cut() -> None:
    """It is shown in one line of a run's state, and in Airflow's log."""
    assert len(short_message(Exception("x " * 10_000))) < 2_100
    assert len(short_message(Exception("x\n" * 100)).splitlines()) < 30


@pytest.mark.parametrize(
    "text",
    [
        "[INVALID_HANDLE.SESSION_CHANGED] The existing Spark server driver instance has restarted.",
        "<_InactiveRpcError of RPC that terminated with:\n\tstatus = StatusCode.UNAVAILABLE",
    ],
)
def test_a_lost_session_is_told_plainly(text: str) -> None:
    """The notebook has to begin again."""
    assert is_session_lost(Exception(text))
    assert short_message(Exception(text)) == SESSION_LOST
    assert not is_session_lost(Exception("[TABLE_OR_VIEW_NOT_FOUND]"))


def test_what_delta_tables_own_methods_lack_is_told() -> None:
    """Delta's side of Spark Connect is not there; the same is to be had as SQL."""
    error = Exception(
        "[CONNECT_INVALID_PLAN.NO_HANDLER_FOR_EXTENSION] The Spark Connect plan is invalid. No handler found for "
        "extension type: type.googleapis.com/delta.connect.DeltaRelation"
    )

    assert "MERGE INTO" in short_message(error)
