"""Messages between a worker and the process that started it, over one pipe.

Worker: Ready, then StepDone after each step, then Finished. To it: Begin, then End. The pipe's end is a
message too: to the worker it means stop, from the worker that it is dead.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from services.posting.tally import Tally
from services.records.layer import Layer


@dataclass(frozen=True)
class Ready:
    """The worker has its connections and its journal, and waits for Begin."""


@dataclass(frozen=True)
class Begin:
    """Take turns from now on; `start` is the time on the clock at which the first one is due."""

    start: float


@dataclass(frozen=True)
class End:
    """Finish what is under way and take no new turn."""


@dataclass(frozen=True)
class StepDone:
    """A step is settled.

    Attributes:
        done: Turns settled since the worker began.
        tally: Everything counted since then.
        journaled: Bytes in its journals, by layer.
    """

    done: int
    tally: Tally
    journaled: Mapping[Layer, int]


@dataclass(frozen=True)
class Finished:
    """The worker ends; `problem` says why it could not do all of its turns."""

    problem: str = ""
