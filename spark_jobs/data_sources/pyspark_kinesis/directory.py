"""What is known of the streams: their shards, and whether they are still the same streams."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .errors import NotFoundError, SourceError, TroubleError
from .kinesis import Kinesis, Summary
from .options import Options
from .patience import Patience
from .shards import Shard

_IDENTITY_PERIOD = 10.0
"""Seconds between two looks at a stream's creation time."""


@dataclass
class _Entry:
    """What is known of one stream, and when it was found out."""

    patience: Patience
    summary: Summary | None = None
    described_at: float = 0.0
    shards: Sequence[Shard] = ()
    listed_at: float | None = None
    retry_at: float = 0.0


class Directory:
    """Remembers each stream's shards for `shardFetchInterval`, and its identity somewhat longer."""

    def __init__(
        self, kinesis: Kinesis, options: Options, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._kinesis = kinesis
        self._interval = options.shard_fetch_interval
        self._clock = clock
        self._entries = {
            name: _Entry(Patience(f"The list of shards of {name}", options.retry_timeout, clock))
            for name in options.streams
        }

    def known(self, stream: str, created: int) -> tuple[Summary, Sequence[Shard]] | None:
        """A stream that is certainly the one that was read before, and its shards, parents before children.

        While Kinesis is in trouble it is what was known before; None if there was nothing.

        Raises:
            SourceError: the stream was deleted, or deleted and recreated, or Kinesis is in trouble for too long.
        """
        entry = self._entries[stream]
        if self._clock() >= entry.retry_at:
            self._refresh(stream, entry)
        if entry.summary is None or entry.listed_at is None:
            return None
        if entry.summary.created != created:
            raise recreated(stream)
        return entry.summary, entry.shards

    def names(self, stream: str) -> set[str]:
        """The shards that are listed."""
        return {shard.shard_id for shard in self._entries[stream].shards}

    def _refresh(self, stream: str, entry: _Entry) -> None:
        now = self._clock()
        try:
            if entry.summary is None or now - entry.described_at >= _IDENTITY_PERIOD:
                entry.summary, entry.described_at = summary(self._kinesis, stream), now
            if entry.listed_at is None or now - entry.listed_at >= self._interval:
                entry.shards, entry.listed_at = self._kinesis.shards(stream), now
        except TroubleError as error:
            entry.retry_at = now + entry.patience.failed(error)
        else:
            entry.patience.succeeded()

    def changed(self, stream: str, created: int, error: Exception) -> SourceError:
        """Kinesis does not know a shard, or a number, of ours: why?"""
        if summary(self._kinesis, stream).created != created:
            return recreated(stream)
        return SourceError(
            f"Stream {stream} does not know the position that the checkpoint holds: {error}. "
            f"If its records are no longer those that were read before, it needs a new checkpoint (and table)."
        )


def summary(kinesis: Kinesis, stream: str) -> Summary:
    """Describe a stream.

    Raises:
        SourceError: there is no such stream.
    """
    try:
        return kinesis.describe(stream)
    except NotFoundError as error:
        raise SourceError(
            f"There is no stream {stream} in this region and endpoint. Create it, or check the options "
            f"streamName, region and endpointUrl. ({error})"
        ) from error


def recreated(stream: str) -> SourceError:
    """Another stream has the name of the one that was read before."""
    return SourceError(
        f"Stream {stream} was deleted and recreated; it needs a new checkpoint (and table), "
        f"since its records are numbered anew."
    )
