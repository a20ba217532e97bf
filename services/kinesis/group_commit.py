"""Group commit: requests that come while one sync runs share the next one, and are answered when it has ended."""

import asyncio
import errno
from collections.abc import Iterable
from dataclasses import dataclass

from services.kinesis.storage.segment_sync import SegmentSync
from services.kinesis.storage.shard_log import ShardLog


@dataclass(frozen=True)
class Commit:
    """Records in a shard's log, up to the counter before `end`, that wait to be synced.

    Attributes:
        losses: The log's, when they were written.
    """

    log: ShardLog
    end: int
    losses: int

    @classmethod
    def of(cls, log: ShardLog) -> "Commit":
        return cls(log, log.end, log.losses)

    def is_synced(self) -> bool:
        """Whether they outlive a loss of power.

        Raises:
            OSError: they were given up.
        """
        if self.log.losses == self.losses and self.log.next >= self.end:
            return True
        if self.log.losses != self.losses or self.log.is_closed:
            raise OSError(errno.EIO, "the records could not be synced to the disk")
        return False

    def sync(self) -> None:
        """Sync them in this thread.

        Raises:
            OSError: the disk fails; they were given up.
        """
        if not self.is_synced():
            self.log.sync()


class GroupCommit:
    """For one event loop: the logs are written to there, and another thread waits for the disk."""

    def __init__(self) -> None:
        self._logs: set[ShardLog] = set()
        self._running: asyncio.Task[None] | None = None

    async def synced(self, commits: Iterable[Commit]) -> None:
        """Wait until these are synced.

        Raises:
            OSError: one was given up; the others may be synced or not.
        """
        waiting = [commit for commit in commits if not commit.is_synced()]
        self._logs |= {commit.log for commit in waiting}
        while waiting:
            if self._running is None:
                self._running = asyncio.create_task(self._sync())
            await asyncio.shield(self._running)
            waiting = [commit for commit in waiting if not commit.is_synced()]

    async def _sync(self) -> None:
        logs, self._logs = self._logs, set()
        begun = [(log, sync) for log in logs if (sync := log.begin_sync())]
        try:
            await asyncio.to_thread(_run_all, [sync for _, sync in begun])
        finally:
            self._running = None
            for log, sync in begun:
                log.end_sync(sync)


def _run_all(syncs: list[SegmentSync]) -> None:
    for sync in syncs:
        sync.run()
