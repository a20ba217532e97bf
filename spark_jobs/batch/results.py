"""What a batch did: to each table, and to the answers."""

from dataclasses import dataclass

from spark_jobs.batch.silver import Refined


@dataclass
class TableResult:
    """What a batch did to one table; seconds are wall clock."""

    table: str
    objects: int = 0
    refined: Refined | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class BatchResult:
    """What a batch did: its tables, and how many answers it wrote (None: not asked to)."""

    tables: list[TableResult]
    answers: int | None
