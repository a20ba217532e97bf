"""Before the queries start: what a loss of power tore is taken out of tables and checkpoints; nobody was told of it."""

import logging

from services.settings import Settings
from services.streams import checkpoint
from services.tables import TABLES
from spark_jobs import delta_sync
from spark_jobs.lake import SpeedTier, speed_quarantine, speed_tier

log = logging.getLogger(__name__)


def recover_tables(settings: Settings) -> None:
    """Take torn commits out of the speed layer's tables; Spark writes their batches anew.

    Raises:
        OSError: the disk fails.
    """
    rows = (speed_tier(settings, table).rows for table in TABLES)
    for path in (*rows, speed_quarantine(settings.lake)):
        for name in delta_sync.drop_torn(path.folder):
            log.warning("%s: took out commit %s, which a loss of power has torn", path, name)


def recover_checkpoint(tier: SpeedTier, done: int | None) -> None:
    """Take torn plans out of a query's checkpoint; Spark makes them anew.

    Args:
        tier: Whose checkpoint.
        done: The query's newest batch in the table or in quarantine.

    Raises:
        OSError: the disk fails.
    """
    for name in checkpoint.drop_torn(tier.checkpoint, done):
        log.warning("%s: deleted %s, which a loss of power has torn", tier.checkpoint, name)
