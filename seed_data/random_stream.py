"""Random choices that are the same on every Python from 3.11 on.

Python promises a stable sequence only for `random.Random(<int>).random()`; `choice`, `randint`,
`shuffle` and `gauss` may change between versions. So everything here is made of `random()`, a
product and a comparison of floats, which IEEE 754 fixes; no function of the C library is called.
"""

import hashlib
import random
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import TypeVar

T = TypeVar("T")


class RandomStream:
    """One stream of random choices; streams of other names are independent of it."""

    def __init__(self, seed: int, stream: str) -> None:
        digest = hashlib.sha256(f"{seed}/{stream}".encode()).digest()
        source = random.Random(int.from_bytes(digest, "big"))  # noqa: S311  invented data, no secret
        self.roll = source.random

    def below(self, limit: int) -> int:
        """An integer in [0, limit)."""
        return int(self.roll() * limit)

    def low_below(self, limit: int) -> int:
        """An integer in [0, limit), small ones more often: half lie in the first quarter."""
        roll = self.roll()
        return int(roll * roll * limit)

    def chance(self, probability: float) -> bool:
        return self.roll() < probability

    def pick(self, items: Sequence[T]) -> T:
        """One of the items, all equally likely."""
        return items[self.below(len(items))]

    def weighted(self, items: Sequence[T], weights: Sequence[float]) -> T:
        """One of the items, in proportion to the weights."""
        bounds = list(accumulate(weights))
        return items[min(bisect_right(bounds, self.roll() * bounds[-1]), len(items) - 1)]

    def hex(self, digits: int) -> str:
        """A string of this many hexadecimal digits."""
        return "".join("0123456789abcdef"[self.below(16)] for _ in range(digits))
