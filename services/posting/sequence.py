"""Which rows a run posts, in which order."""

import random
from collections.abc import Sequence

HIGHEST = 11_000
"""The course draws from 0 to this row number, both included."""


def drawn(seed: int, count: int) -> list[int]:
    """The course's own rows: seed 100 begins 7528, 2863, 5730, 8304, 8731, 1313.

    Its loop draws a pause before each row number (`sleep(random.randrange(0, 2))`). We do not
    sleep, but the draw is consumed, because the row numbers depend on it.
    """
    rng = random.Random(seed)  # noqa: S311  the course's generator; nothing secret is drawn
    rows = []
    for _ in range(count):
        rng.randrange(0, 2)
        rows.append(rng.randint(0, HIGHEST))
    return rows


def split(turns: Sequence[int], parts: int) -> list[Sequence[int]]:
    """Deal the turns out in rounds: part p of n gets turns p, p + n, p + 2n and so on.

    Taken round by round, the parts give the sequence again, so that one pace fits all of them.
    """
    return [turns[part::parts] for part in range(parts)]
