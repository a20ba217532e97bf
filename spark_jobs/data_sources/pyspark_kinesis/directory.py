"""What is known of the streams: their shards, and whether they are still the same streams."""

import time
from collections.abc import Callable, Sequence

from .errors import NotFoundError, SourceError
from .kinesis import Kinesis, Summary
from .options import Options
from .shards import Shard

_IDENTITY_PERIOD = 10.0
"""Seconds between two looks at a stream's creation time."""


class Directory:
    """Remembers each stream's shards for `shardFetchInterval`, and its identity somewhat longer."""

    def __init__(
        self, kinesis: Kinesis, options: Options, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._kinesis = kinesis
        self._interval = options.shard_fetch_interval
        self._clock = clock
        self._shards: dict[str, tuple[float, Sequence[Shard]]] = {}
        self._summaries: dict[str, tuple[float, Summary]] = {}

    def shards(self, stream: str) -> Sequence[Shard]:
        """The shards of a stream, parents before children."""
        known = self._shards.get(stream)
        if known is None or self._clock() - known[0] >= self._interval:
            known = (self._clock(), self._kinesis.shards(stream))
            self._shards[stream] = known
        return known[1]

    def same(self, stream: str, created: int) -> Summary:
        """The stream's description, once it is certain that it is the stream that was read before.

        Raises:
            SourceError: it was deleted, or deleted and recreated.
        """
        known = self._summaries.get(stream)
        if known is None or self._clock() - known[0] >= _IDENTITY_PERIOD:
            known = (self._clock(), summary(self._kinesis, stream))
            self._summaries[stream] = known
        if known[1].created != created:
            raise recreated(stream)
        return known[1]

    def changed(self, stream: str, created: int, error: Exception) -> SourceError:
        """Kinesis does not know a shard, or a number, of ours: why?

        Raises:
            SourceError: the stream is another one.
        """
        self._shards.pop(stream, None)
        self._summaries.pop(stream, None)
        self.same(stream, created)
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
