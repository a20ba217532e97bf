"""What Kinesis says of the streams, cached: their shards, and whether they are still the same streams."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..errors import ResourceNotFoundError, RetriableError, SourceError
from ..options import Options
from .backoff import Backoff
from .kinesis import Kinesis, StreamSummary
from .shards import Shard

_IDENTITY_PERIOD = 10.0
"""Seconds after which a stream's creation time is asked for again."""


@dataclass
class _CachedStream:
    """What Kinesis answered of one stream, and when."""

    backoff: Backoff
    summary: StreamSummary | None = None
    described_at: float = 0.0
    shards: Sequence[Shard] = ()
    listed_at: float | None = None
    retry_at: float = 0.0


class StreamMetadata:
    """Remembers each stream's shards for `shardFetchInterval`, and its identity somewhat longer."""

    def __init__(
        self, kinesis: Kinesis, options: Options, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._kinesis = kinesis
        self._interval = options.shard_fetch_interval
        self._fails = options.fail_on_log_loss
        self._clock = clock
        self._streams = {
            name: _CachedStream(
                Backoff(f"The list of shards of {name}", options.retry_timeout, clock)
            )
            for name in options.streams
        }

    def current(self, stream: str, created: int) -> tuple[StreamSummary, Sequence[Shard]] | None:
        """A stream that is certainly the one that was read before, and its shards, parents before children.

        While Kinesis does not answer it is what was last answered; None if there was nothing. With failOnLogLoss=false
        it may be another stream of that name, and one that is not there is waited for as if Kinesis did not answer.

        Raises:
            SourceError: the stream was deleted, or deleted and recreated, or Kinesis has not answered for too long.
        """
        cached = self._streams[stream]
        if self._clock() >= cached.retry_at:
            self._refresh(stream, cached)
        if cached.summary is None or cached.listed_at is None:
            return None
        if cached.summary.created != created and self._fails:
            raise recreated(stream)
        return cached.summary, cached.shards

    def invalidate(self, stream: str) -> None:
        """Ask again before anything more is read of it: its records are no longer those that were read before."""
        cached = self._streams[stream]
        cached.summary, cached.listed_at = None, None

    def shard_ids(self, stream: str) -> set[str]:
        return {shard.shard_id for shard in self._streams[stream].shards}

    def _refresh(self, stream: str, cached: _CachedStream) -> None:
        now = self._clock()
        try:
            if cached.summary is None or now - cached.described_at >= _IDENTITY_PERIOD:
                cached.summary, cached.described_at = self._describe(stream), now
            if cached.listed_at is None or now - cached.listed_at >= self._interval:
                cached.shards, cached.listed_at = self._kinesis.shards(stream), now
        except (RetriableError, ResourceNotFoundError) as error:
            if isinstance(error, ResourceNotFoundError) and self._fails:
                raise missing(stream, error) from error
            cached.retry_at = now + cached.backoff.failed(error)
        else:
            cached.backoff.succeeded()

    def _describe(self, stream: str) -> StreamSummary:
        return (
            describe_stream(self._kinesis, stream)
            if self._fails
            else self._kinesis.describe(stream)
        )

    def explain_unknown_position(self, stream: str, created: int, error: Exception) -> SourceError:
        """Kinesis does not know a shard, or a number, of ours: why?"""
        if describe_stream(self._kinesis, stream).created != created:
            return recreated(stream)
        return SourceError(
            f"Stream {stream} does not know the position that the checkpoint holds: {error}. "
            f"If its records are no longer those that were read before, it needs a new checkpoint (and table)."
        )


def describe_stream(kinesis: Kinesis, stream: str) -> StreamSummary:
    """Describe a stream.

    Raises:
        SourceError: there is no such stream.
    """
    try:
        return kinesis.describe(stream)
    except ResourceNotFoundError as error:
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
