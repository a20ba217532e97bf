"""Two batch processes at the same time."""

import os
import subprocess
import sys

from pyspark.sql import SparkSession

from services.settings import PROJECT_ROOT, Settings
from services.tables import GEO, PIN, TABLES, USER
from spark_jobs.lake import tier

from .conftest import Sink

ROWS = 50


def _environment(settings: Settings) -> dict[str, str]:
    own = {
        "USER_ID": settings.user_id,
        "STATE_DIR": str(settings.state_dir),
        "LAKE_DIR": str(settings.lake),
        "AWS_ENDPOINT_URL": settings.aws_endpoint_url,
        "AWS_ACCESS_KEY_ID": settings.aws_access_key_id.get_secret_value(),
        "AWS_SECRET_ACCESS_KEY": settings.aws_secret_access_key.get_secret_value(),
        "SPARK_REMOTE": settings.spark_remote,
    }
    return os.environ | own


def _batch(settings: Settings) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "spark_jobs.batch"],
        cwd=PROJECT_ROOT,
        env=_environment(settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_processes(spark: SparkSession, mine: Settings, sink: Sink) -> None:
    """One of two batches is refused, or both finish; either way every record is there once."""
    for table, key in ((PIN, "index"), (GEO, "ind"), (USER, "ind")):
        sink.rows(table, 0, ({key: n} for n in range(ROWS)))

    both = [_batch(mine), _batch(mine)]
    told = [process.communicate(timeout=300)[1] for process in both]

    codes = [process.returncode for process in both]
    assert 0 in codes, told
    assert all(
        code == 0 or "already works on" in text for code, text in zip(codes, told, strict=True)
    )
    for table in TABLES:
        place = tier(mine, table)
        bronze = spark.read.format("delta").load(str(place.bronze)).select("offset").collect()
        silver = spark.read.format("delta").load(str(place.silver)).select("ind").collect()
        assert sorted(row.offset for row in bronze) == list(range(ROWS))
        assert sorted(row.ind for row in silver) == list(range(ROWS))
