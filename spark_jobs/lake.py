"""Where the Delta tables of both layers lie."""

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
        lake: Root of that user's lake.
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
    return Tier(settings.batch_lake, table, table.topic(settings.user_id))


@dataclass(frozen=True)
class SpeedTier:
    """One of the course's tables in the speed layer of one user's lake.

    Attributes:
        lake: Root of the lake.
        table: Which table.
        stream: Kinesis stream that feeds it.
        name: The table's name in the catalog, and its folder's.
    """

    lake: Path
    table: Table
    stream: str
    name: str

    @property
    def rows(self) -> DeltaPath:
        """Clean rows, every event, with shard and sequence number."""
        return DeltaPath(self.lake / "speed" / self.name)

    @property
    def checkpoint(self) -> Path:
        """Checkpoint of the streaming query that appends to `rows` and to the quarantine."""
        return self.lake / "speed" / "_checkpoints" / self.name


def speed_tier(settings: Settings, table: Table) -> SpeedTier:
    """The table's place in the speed layer."""
    user = settings.user_id
    return SpeedTier(settings.lake, table, table.stream(user), table.speed_table(user))


def speed_quarantine(lake: Path) -> DeltaPath:
    """What came through the streams and is no row, of all three tables."""
    return DeltaPath(lake / "quarantine" / "speed")


def answer_path(lake: Path, question: str) -> DeltaPath:
    """Rows of one question."""
    return DeltaPath(lake / "batch" / "answers" / question)
