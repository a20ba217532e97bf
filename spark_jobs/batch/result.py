"""What a batch did."""

from dataclasses import dataclass

from spark_jobs.batch.silver import Refined


@dataclass
class TableRun:
    """What a batch did to one table; seconds are wall clock."""

    table: str
    objects: int = 0
    refined: Refined | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Batch:
    """What a batch did: its tables, and how many answers it wrote (None: not asked to)."""

    tables: list[TableRun]
    answers: int | None
