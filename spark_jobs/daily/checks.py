"""Data checks of the daily run: what the pipeline guarantees, and what is merely plausible.

A broken guarantee is a fault of the pipeline and fails the run. Implausible values are the senders' own: they are
counted, shown, and stop nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from services.settings import Settings
from services.tables import GEO, PIN, USER, Table
from spark_jobs import progress
from spark_jobs.lake import tier
from spark_jobs.serving.answer_tables import stale


class DataCheckError(Exception):
    """A guarantee is broken; the message says which, and how many rows break it."""


@dataclass(frozen=True)
class Rule:
    """One thing to count.

    Attributes:
        name: What should hold, in words.
        broken: SQL aggregate that counts the rows for which it does not.
        guaranteed: Whether the pipeline itself makes it true.
    """

    name: str
    broken: str
    guaranteed: bool = False


@dataclass(frozen=True)
class CheckResult:
    """How many rows of a table break a rule."""

    table: str
    rule: str
    rows: int
    guaranteed: bool

    @property
    def fails(self) -> bool:
        """Whether this is a fault of the pipeline."""
        return self.guaranteed and self.rows > 0


_EACH = (
    Rule("every row has an ind", "count_if(ind IS NULL)", guaranteed=True),
    Rule("one row per ind", "count(ind) - count(DISTINCT ind)", guaranteed=True),
)

RULES: dict[Table, tuple[Rule, ...]] = {
    PIN: (
        *_EACH,
        Rule("followers are not negative", "count_if(follower_count < 0)"),
        Rule("a pin has a category", "count_if(category IS NULL)"),
    ),
    GEO: (
        *_EACH,
        Rule(
            "coordinates are on the globe",
            "count_if(abs(coordinates[0]) > 90 OR abs(coordinates[1]) > 180)",
        ),
        Rule("no post is from the future", "count_if(timestamp > now() + INTERVAL 1 DAY)"),
    ),
    USER: (
        *_EACH,
        Rule("ages are people's", "count_if(age NOT BETWEEN 0 AND 130)"),
        Rule("nobody joined in the future", "count_if(date_joined > now() + INTERVAL 1 DAY)"),
    ),
}


def examine(silver: Mapping[Table, DataFrame]) -> list[CheckResult]:
    """Count what breaks the rules, in one pass over each clean table."""
    return [finding for table, frame in silver.items() for finding in _examine(table, frame)]


def _examine(table: Table, frame: DataFrame) -> list[CheckResult]:
    rules = RULES[table]
    counts = frame.agg(*(F.expr(rule.broken).alias(str(n)) for n, rule in enumerate(rules)))
    row = counts.collect()[0]
    return [
        CheckResult(table.name, rule.name, int(row[n] or 0), rule.guaranteed)
        for n, rule in enumerate(rules)
    ]


def behind(settings: Settings) -> list[CheckResult]:
    """Whether a stage of the batch has not caught up: silver with bronze, the answers with silver."""
    findings = [_silver_behind(settings, table) for table in RULES]
    late = CheckResult(
        "answers", "answers are of the newest silver", int(stale(settings)), guaranteed=True
    )
    return [*findings, late]


def _silver_behind(settings: Settings, table: Table) -> CheckResult:
    place = tier(settings, table)
    bronze, silver = (progress.read(path, place.topic) for path in (place.bronze, place.silver))
    return CheckResult(
        table.name, "silver has all of bronze", int(silver.behind(bronze)), guaranteed=True
    )


def require(findings: Iterable[CheckResult]) -> None:
    """Pass when every guarantee holds.

    Raises:
        DataCheckError: one does not.
    """
    broken = [f"{f.table}: {f.rule} ({f.rows} do not)" for f in findings if f.fails]
    if broken:
        raise DataCheckError(
            f"Broken guarantees: {'; '.join(broken)}. `make ledger` names records."
        )
