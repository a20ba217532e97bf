"""Refuses to stream into a table with a checkpoint that is not its own: that would double or lose records.

A table remembers in Delta's transaction identifiers which query filled it, and up to which batch.
"""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.compute as pc
from deltalake import DeltaTable, write_deltalake

from services.files import private_folder
from services.settings import Settings
from services.streams import checkpoint
from spark_jobs.lake import SpeedTier, speed_quarantine
from spark_jobs.speed.recovery import recover_checkpoint


class RefusedError(Exception):
    """Table and checkpoint do not belong together; the message says why and what to do."""


def query_id(tier: SpeedTier) -> str:
    """Identifier of the query that fills the table; a new one for an empty table without a checkpoint.

    Raises:
        RefusedError: streaming would double or lose records.
    """
    known = checkpoint.query_id(tier.checkpoint)
    if known is None:
        if _holds_records(tier):
            raise _refused(tier, "its checkpoint is gone, so nobody knows how far it has come")
        return checkpoint.begin(tier.checkpoint)
    _check(tier, known)
    checkpoint.drop_orphans(tier.checkpoint)
    return known


def _check(tier: SpeedTier, known: str) -> None:
    done = _done(tier, known)
    recover_checkpoint(tier, done)
    planned = checkpoint.newest_planned(tier.checkpoint)
    if done is None and _holds_records(tier):
        raise _refused(tier, f"its checkpoint belongs to another query ({known})")
    if done is not None and (planned is None or planned < done):
        raise _refused(tier, f"its checkpoint has lost batches: it ends before batch {done}")
    foreign = checkpoint.planned_streams(tier.checkpoint) - {tier.stream}
    if foreign:
        streams = ", ".join(sorted(foreign))
        raise _refused(
            tier, f"its checkpoint belongs to the stream {streams}, not to {tier.stream}"
        )


def _done(tier: SpeedTier, query_id: str) -> int | None:
    """The query's newest batch that is in the table or in quarantine; a batch may have gone to one alone."""
    places = DeltaTable(tier.rows.folder), DeltaTable(speed_quarantine(tier.lake).folder)
    versions = (table.transaction_version(query_id) for table in places)
    return max((version for version in versions if version is not None), default=None)


def _holds_records(tier: SpeedTier) -> bool:
    """Whether anything of the table's own stream is in the table, or in quarantine."""
    ours = pc.field("stream") == tier.stream
    shared = pc.match_substring(pc.field("shardId"), "/")
    aside = DeltaTable(speed_quarantine(tier.lake).folder).to_pyarrow_dataset()
    rows = DeltaTable(tier.rows.folder).to_pyarrow_dataset()
    own = rows.count_rows() - rows.count_rows(filter=shared)
    return bool(own or aside.count_rows(filter=ours))


def _refused(tier: SpeedTier, why: str) -> RefusedError:
    return RefusedError(
        f"{tier.name} is not streamed into: {why}. Put back the checkpoint {tier.checkpoint}, or run "
        f"`make speed RESET={tier.table.name}`: it moves table and checkpoint aside, and the table is built anew "
        "from what the stream still holds. Then `make up`."
    )


def reset(settings: Settings, tier: SpeedTier) -> Path:
    """Move a table, its checkpoint and its stream's quarantine into a dated folder of the lake.

    Returns:
        That folder. Nothing is deleted.
    """
    aside = settings.lake / "speed" / "_reset" / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
    private_folder(aside)
    _move_quarantine(speed_quarantine(settings.lake).folder, tier.stream, aside / "quarantine")
    for folder, name in ((tier.rows.folder, "table"), (tier.checkpoint, "checkpoint")):
        if folder.exists():
            shutil.move(folder, aside / f"{tier.name}.{name}")
    return aside


def _move_quarantine(folder: Path, stream: str, aside: Path) -> None:
    """The stream's bad records would come in once more beside those that are there."""
    if not DeltaTable.is_deltatable(str(folder)):
        return
    table = DeltaTable(folder)
    ours = pc.field("stream") == stream
    write_deltalake(aside, table.to_pyarrow_dataset().to_table(filter=ours))
    table.delete(f"stream = '{stream}'")
