import pytest

from services.workspace.kernel.spark.error_messages import (
    SESSION_LOST,
    is_session_lost,
    short_message,
)

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


def test_a_failed_stream_is_shown_in_the_notebooks_own_frames() -> None:
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
def test_a_lost_session_has_a_plain_message(text: str) -> None:
    """The notebook has to begin again."""
    assert is_session_lost(Exception(text))
    assert short_message(Exception(text)) == SESSION_LOST
    assert not is_session_lost(Exception("[TABLE_OR_VIEW_NOT_FOUND]"))
