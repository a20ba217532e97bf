"""Keeps the number of small files in check while the stream goes on.

delta-rs does it, like the appends: two writers of one kind create a commit's file in one step or not at all.
Spark's own log on a local disk looks first and renames then, and could overwrite a commit of another process.
"""

import logging
from pathlib import Path

from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError

from spark_jobs.delta_sync import sync_checkpoint, sync_commits

FEW = 50
"""Files that a table may have without being compacted."""

TARGET_BYTES = 16 * 2**20
"""A file of this size is not rewritten again."""

log = logging.getLogger(__name__)


def tidy(folder: Path, few: int = FEW) -> bool:
    """Join a table's small files, and delete files and log entries that only old versions need.

    Returns:
        Whether there was something to do; a commit that came in between leaves it for the next time.
    """
    table = DeltaTable(folder)
    if len(table.file_uris()) <= few:
        return False
    try:
        table.optimize.compact(target_size=TARGET_BYTES)
        sync_commits(folder)
    except CommitFailedError as error:
        log.info("%s is compacted later: %s", folder.name, error)
        return False
    table.vacuum(dry_run=False, enforce_retention_duration=False)
    table.create_checkpoint()
    sync_checkpoint(folder)
    table.cleanup_metadata()
    return True
