"""Was a record deleted by retention before it was read?

Kinesis does not say so: an iterator at a number that is gone begins at the oldest record that is left. A reader
therefore asks for the last record it has read. When that is gone too, everything up to the oldest record left *may* be
unread. It looks so when that oldest record is itself about to be deleted: then the stream was being written to at the
time that has just been cut off. A much younger record speaks for a pause in which nothing was written and nothing lost.
"""

import logging
from dataclasses import dataclass

from ..errors import DataLossError

_NEAR = 10 * 60_000
"""Records so close to the horizon (ms) show that the stream was written to when it passed."""

log = logging.getLogger("pyspark_kinesis")


@dataclass(frozen=True)
class LossPolicy:
    """What to do about a loss; `horizon` (epoch ms) is where retention had come to when reading began."""

    horizon: int
    fail: bool

    def gap(self, where: str, last: str, first_arrival: int) -> None:
        """What was read last is beyond the horizon; the first record left arrived at `first_arrival` (epoch ms).

        Raises:
            DataLossError: records between the two were very probably deleted unread.
        """
        if first_arrival <= self.horizon + _NEAR:
            self.lost(
                f"{where}: records after {last} were deleted by retention before they were read"
            )
        else:
            log.warning(
                "%s: %s, where reading had come to, is beyond the retention; if records came soon "
                "after it while nobody read, they are gone",
                where,
                last,
            )

    def lost(self, what: str) -> None:
        """Records are gone.

        Raises:
            DataLossError: unless the user said that the query is to go on.
        """
        if self.fail:
            raise DataLossError(
                f"{what}. Set the option failOnDataLoss to false to go on with what is left, or begin again "
                f"with a new checkpoint; a longer retention of the stream prevents it."
            )
        log.warning("%s; going on, since failOnDataLoss is false", what)
