"""What the daily run adds to the batch: data checks and the report, on a real lake."""

from pyspark.sql import SparkSession

from services.settings import Settings
from services.tables import GEO, PIN, TABLES, USER
from spark_jobs.batch import run
from spark_jobs.daily import checks, report
from spark_jobs.serving.views import read_layers
from tests.integration.spark_jobs.conftest import Sink


def test_findings_and_report_of_a_clean_lake(
    spark: SparkSession, mine: Settings, sink: Sink
) -> None:
    """Guarantees hold, an age of 400 is counted, and the report tells both and the rows."""
    sink.rows(PIN, 0, [{"index": 1, "category": "art", "follower_count": "2k"}])
    sink.rows(GEO, 0, [{"ind": 1, "country": "Chad", "latitude": 1.0, "longitude": 2.0}])
    sink.rows(USER, 0, [{"ind": 1, "first_name": "A", "last_name": "B", "age": 400}])
    run.run_alone(mine)

    findings = [*checks.examine(read_layers(spark, mine, "batch").batch), *checks.behind(mine)]
    checks.require(findings)
    text = report.compose(spark, mine, findings)

    assert {(f.table, f.rule): f.rows for f in findings if f.rows} == {
        ("user", "ages are people's"): 1
    }
    assert all(f"| {table.name} | 1 | 0 |" in text for table in TABLES)
    assert "| Chad | 2000 |" in text
    assert report.write(mine, text).read_text(encoding="utf-8") == text


def test_a_lake_whose_answers_are_old_fails(
    spark: SparkSession, mine: Settings, sink: Sink
) -> None:
    """Silver that has moved on after the last answers is a broken guarantee."""
    for table in TABLES:
        sink.rows(table, 0, [{"ind": 1}])
    run.run_alone(mine, stages=("bronze", "silver"))

    assert [f.rule for f in checks.behind(mine) if f.fails] == ["answers are of the newest silver"]
