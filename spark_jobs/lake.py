"""Where the Delta tables of the batch layer lie."""

from dataclasses import dataclass
from pathlib import Path

from services.settings import Settings
from services.tables import Table


@dataclass(frozen=True)
class DeltaPath:
    """A Delta table known by its folder, as the Spark server sees it."""

    folder: Path

    @property
    def sql(self) -> str:
        """The table's name in SQL."""
        return f"delta.`{str(self.folder).replace('`', '``')}`"

    def __str__(self) -> str:
        return str(self.folder)


@dataclass(frozen=True)
class Tier:
    """One of the course's tables in one user's lake (docs/architecture.md).

    Attributes:
        lake: Root of the lake.
        table: Which table.
        topic: Kafka topic that feeds it.
    """

    lake: Path
    table: Table
    topic: str

    @property
    def bronze(self) -> DeltaPath:
        """Every line of every object, as it is."""
        return DeltaPath(self.lake / "batch" / "bronze" / self.table.name)

    @property
    def silver(self) -> DeltaPath:
        """One clean row per ind."""
        return DeltaPath(self.lake / "batch" / "silver" / self.table.name)

    @property
    def quarantine(self) -> DeltaPath:
        """What is no row, with the reason."""
        return DeltaPath(self.lake / "quarantine" / "batch" / self.table.name)


def tier(settings: Settings, table: Table) -> Tier:
    """The table's place under these settings."""
    return Tier(settings.lake, table, table.topic(settings.user_id))


def answer_path(lake: Path, question: str) -> DeltaPath:
    """Rows of one question."""
    return DeltaPath(lake / "batch" / "answers" / question)
