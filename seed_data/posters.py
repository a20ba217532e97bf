"""Who posted each row. Pins and users share this: young users follow the big accounts."""

from collections.abc import Iterator
from dataclasses import dataclass

from seed_data.blocks import category_blocks
from seed_data.random_stream import RandomStream
from seed_data.vocabulary import Category, categories, names

_POSTERS_PER_CATEGORY = 120
_THOUSANDS, _UNITS, _MILLIONS = 0.755, 0.170, 0.075
"""Shares of `12k`, `532` and `2M` among the follower counts."""

BIG = 10_000
"""From this many followers on, an account is a big one."""


@dataclass(frozen=True)
class PinPoster:
    """An account that posts pins, always with the same follower count."""

    name: str
    follower_count: str
    followers: int


def _poster_name(rng: RandomStream, category: Category) -> str:
    first, last = rng.pick(names("first")), rng.pick(names("last"))
    topic = category.name.replace("-", " ").title()
    return rng.pick(
        (
            f"{first} {last}",
            f"{first} {last} | {topic}",
            f"The {rng.pick(category.adjectives)} {last}",
            f"{last} & {rng.pick(names('last'))}",
            f"{first}'s {topic}",
            f"{rng.pick(category.tags)} by {first}",
        )
    )


def _poster(rng: RandomStream, category: Category) -> PinPoster:
    name = _poster_name(rng, category)
    unit, factor = rng.weighted(
        (("k", 1_000), ("", 1), ("M", 1_000_000)), (_THOUSANDS, _UNITS, _MILLIONS)
    )
    number = 1 + rng.low_below(30 if unit == "M" else 1 + rng.low_below(999))
    return PinPoster(name, f"{number}{unit}", number * factor)


def posters(rows: int, seed: int) -> Iterator[PinPoster]:
    """The poster of row 0, 1, … rows - 1; some post more often than others."""
    making, drawing = RandomStream(seed, "poster"), RandomStream(seed, "who posted")
    pools = {
        category.name: [_poster(making, category) for _ in range(_POSTERS_PER_CATEGORY)]
        for category in categories()
    }
    for category in category_blocks(rows):
        pool = pools[category.name]
        yield drawing.pick(pool[: 1 + drawing.below(len(pool))])
