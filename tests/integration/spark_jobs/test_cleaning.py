"""Every cleaning rule and every dirty value, through Spark."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pyspark.sql import Column, SparkSession
from pyspark.sql import functions as F

from services.tables import GEO, PIN, TABLES, USER
from spark_jobs import cleaning
from spark_jobs.schemas import schema
from tests.support.times import MOMENTS

STAMP = datetime.datetime(2021, 9, 26, 19, 49, 23, tzinfo=datetime.UTC).timestamp()


def _apply(spark: SparkSession, column: Column, values: list[str | None]) -> list[Any]:
    frame = spark.createDataFrame(list(enumerate(values)), "at int, v string")
    return [row.out for row in frame.select("at", column.alias("out")).orderBy("at").collect()]


def _null(*values: str | None) -> dict[str | None, Any]:
    """Cases whose result is null."""
    return dict.fromkeys(values)


def _check(spark: SparkSession, column: Column, cases: dict[str | None, Any]) -> None:
    assert dict(zip(cases, _apply(spark, column, list(cases)), strict=True)) == cases


def test_text(spark: SparkSession) -> None:
    """Sentinels and blanks become null; everything else stays as it is, to the last blank."""
    kept = ["🧁 كعكة الشوكولاتة", "עוגה", " a ", "User Info Error!", "null", "0", "line\nline"]
    gone = ["", "  ", "\t\n", " User Info Error ", None, *cleaning.SENTINELS]
    _check(spark, cleaning.text(F.col("v")), _null(*gone) | {v: v for v in kept})


def test_count(spark: SparkSession) -> None:
    """k, M and B scale; what is no number, no whole one, or beyond int is null."""
    scaled: dict[str | None, Any] = {
        "12k": 12_000,
        "1M": 1_000_000,
        "1B": 10**9,
        "532": 532,
        "1.5k": 1500,
        "0": 0,
    }
    bad = ["User Info Error", "", "k", "12K", "1.5", "-3", "3B", "1e3", "1 k", "9" * 30, None, "١"]
    _check(spark, cleaning.count(F.col("v")), _null(*bad) | scaled | {"12.0": 12})


def test_whole(spark: SparkSession) -> None:
    """Integers within 0…2^31-1, as text or as Spark writes doubles; else null."""
    good: dict[str | None, Any] = {
        "0": 0,
        "7528": 7528,
        "12.0": 12,
        "2147483647": 2**31 - 1,
        "1.2E7": 12_000_000,
    }
    bad = ["2147483648", "-1", "1.5", "", "x", "1_000", "9" * 30, "1E99", "NaN", "true", None]
    _check(spark, cleaning.whole(F.col("v")), _null(*bad) | good)


def test_timestamp(spark: SparkSession) -> None:
    """T or a blank between date and time, fraction and Z allowed; else null."""
    good = ["2021-09-26T19:49:23", "2021-09-26 19:49:23", "2021-09-26T19:49:23Z"]
    bad = ["2021-13-45T19:49:23", "2021-02-29", "19:49:23", "yesterday", "", None, "0", "2021"]
    bad += ["2021-09-26T24:00:00", "2021-09-26T19:49:23+19:00", "12021-09-26", "2021-09-26Z"]
    seconds = cleaning.timestamp(F.col("v")).cast("double")
    cases = _null(*bad) | dict.fromkeys(good, STAMP)
    _check(spark, seconds, cases | {"2021-09-26 19:49:23.5": STAMP + 0.5})


def test_times_are_read_as_the_page_says(spark: SparkSession) -> None:
    """Every form of docs/times.md, also where the session's zone is not UTC."""
    expected: dict[str | None, Any] = {
        text: moment and moment.timestamp() for text, moment in MOMENTS.items()
    }
    with in_zone(spark, "America/New_York"):
        _check(spark, cleaning.timestamp(F.col("v")).cast("double"), expected)


@contextmanager
def in_zone(spark: SparkSession, zone: str) -> Iterator[None]:
    """The session in another time zone."""
    spark.conf.set("spark.sql.session.timeZone", zone)
    try:
        yield
    finally:
        spark.conf.set("spark.sql.session.timeZone", "UTC")


def test_number(spark: SparkSession) -> None:
    """Finite numbers only."""
    bad = ["NaN", "Infinity", "-Infinity", "x", "", None]
    _check(spark, cleaning.number(F.col("v")), _null(*bad) | {"-88.8298": -88.8298})


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_contract(spark: SparkSession, table: Any) -> None:
    """Columns and types are the contract's, in its order, even from a frame that has only a key."""
    clean = cleaning.clean(table, spark.createDataFrame([(3.0,)], "index double"))

    assert [(n, t.upper()) for n, t in clean.dtypes] == list(schema(table).clean.items())
    assert clean.collect()[0].asDict() == dict.fromkeys(clean.columns) | {"ind": 3}


def test_pin(spark: SparkSession) -> None:
    """Types that spark.read.json infers are taken; save_location loses its prefix."""
    raw = spark.createDataFrame(
        [(7, 532, 1, "Local save in /data/art", "Image src error.", "image")],
        "index bigint, follower_count bigint, downloaded bigint, save_location string,"
        " image_src string, is_image_or_video string",
    )
    row = cleaning.clean(PIN, raw).collect()[0]

    assert (row.ind, row.follower_count, row.save_location) == (7, 532, "/data/art")
    assert (row.image_src, row.is_image_or_video) == (None, "image")


def test_geo(spark: SparkSession) -> None:
    """Coordinates are latitude, then longitude."""
    schema_ = "ind bigint, latitude double, longitude string, country string"
    row = cleaning.clean(GEO, spark.createDataFrame([(1, -88.8, "-170.1", "Albania")], schema_))

    assert row.collect()[0].coordinates == [-88.8, -170.1]


def test_user(spark: SparkSession) -> None:
    """The name is first and last with a blank; one that is missing leaves the other."""
    rows = [("1", "Adam", "Acosta"), ("2", "Adam", ""), ("3", None, "User Info Error")]
    raw = spark.createDataFrame(rows, "ind string, first_name string, last_name string")

    names = {row.ind: row.user_name for row in cleaning.clean(USER, raw).collect()}
    assert names == {1: "Adam Acosta", 2: "Adam", 3: None}
