"""What is known of the streams: their shards, and whether they are still the same streams."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..errors import NotFoundError, SourceError, TroubleError
from ..options import Options
from .backoff import Patience
from .kinesis import Kinesis, Summary
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
        self._fails = options.fail_on_log_loss
        self._clock = clock
        self._entries = {
            name: _Entry(Patience(f"The list of shards of {name}", options.retry_timeout, clock))
            for name in options.streams
        }

    def known(self, stream: str, created: int) -> tuple[Summary, Sequence[Shard]] | None:
        """A stream that is certainly the one that was read before, and its shards, parents before children.

        While Kinesis is in trouble it is what was known before; None if there was nothing. With failOnLogLoss=false
        it may be another stream of that name, and one that is not there is waited for as if Kinesis were in trouble.

        Raises:
            SourceError: the stream was deleted, or deleted and recreated, or Kinesis is in trouble for too long.
        """
        entry = self._entries[stream]
        if self._clock() >= entry.retry_at:
            self._refresh(stream, entry)
        if entry.summary is None or entry.listed_at is None:
            return None
        if entry.summary.created != created and self._fails:
            raise recreated(stream)
        return entry.summary, entry.shards

    def forget(self, stream: str) -> None:
        """Ask again before anything more is read of it: its records are no longer those that were read before."""
        entry = self._entries[stream]
        entry.summary, entry.listed_at = None, None

    def names(self, stream: str) -> set[str]:
        """The shards that are listed."""
        return {shard.shard_id for shard in self._entries[stream].shards}

    def _refresh(self, stream: str, entry: _Entry) -> None:
        now = self._clock()
        try:
            if entry.summary is None or now - entry.described_at >= _IDENTITY_PERIOD:
                entry.summary, entry.described_at = self._summary(stream), now
            if entry.listed_at is None or now - entry.listed_at >= self._interval:
                entry.shards, entry.listed_at = self._kinesis.shards(stream), now
        except (TroubleError, NotFoundError) as error:
            if isinstance(error, NotFoundError) and self._fails:
                raise missing(stream, error) from error
            entry.retry_at = now + entry.patience.failed(error)
        else:
            entry.patience.succeeded()

    def _summary(self, stream: str) -> Summary:
        return summary(self._kinesis, stream) if self._fails else self._kinesis.describe(stream)

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
        raise missing(stream, error) from error


def missing(stream: str, error: Exception) -> SourceError:
    """There is no stream of that name."""
    return SourceError(
        f"There is no stream {stream} in this region and endpoint. Create it, or check the options "
        f"streamName, region and endpointUrl. ({error})"
    )


def recreated(stream: str) -> SourceError:
    """Another stream has the name of the one that was read before."""
    return SourceError(
        f"Stream {stream} was deleted and recreated; it needs a new checkpoint (and table), "
        f"since its records are numbered anew."
    )
