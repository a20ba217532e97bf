"""The rows of `user_data`: who posted each pin, a person often more than once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from seed_data.blocks import category_blocks
from seed_data.posters import BIG, PinPoster, posters
from seed_data.random_stream import RandomStream
from seed_data.vocabulary import Category, names

_GROUPS = {"18-24": (18, 24), "25-35": (25, 35), "36-50": (36, 50), "50+": (51, 62)}
_SHARES = {"18-24": 45.0, "25-35": 29.0, "36-50": 18.0, "50+": 8.0}
_OLDER_SHARES = {"18-24": 25.0, "25-35": 31.0, "36-50": 28.0, "50+": 16.0}
"""Age groups on the rows of big accounts, and on those of small ones."""
_PEOPLE_PER_ROW = 0.12
"""Size of each age group's pool of people; about half of all rows are repeats."""
_JOINED_FROM = datetime(2015, 10, 21)  # noqa: DTZ001  the course's times carry no zone
_JOINED_DAYS = 730


@dataclass(frozen=True)
class _Person:
    first_name: str
    last_name: str
    age: int
    date_joined: str


def _person(rng: RandomStream, group: str) -> _Person:
    youngest, oldest = _GROUPS[group]
    age = youngest + rng.low_below(oldest - youngest + 1)
    late = age / 62  # the older, the later they joined
    seconds = rng.low_below(int(_JOINED_DAYS * 86_400 * (0.4 + 0.6 * late)))
    joined = _JOINED_FROM + timedelta(seconds=seconds)
    return _Person(rng.pick(names("first")), rng.pick(names("last")), age, joined.isoformat())


def _group(rng: RandomStream, category: Category, poster: PinPoster) -> str:
    shares = dict(_SHARES if poster.followers >= BIG else _OLDER_SHARES)
    shares[category.ages] *= 2
    return rng.weighted(list(shares), list(shares.values()))


def _draw(rng: RandomStream, people: Sequence[_Person]) -> _Person:
    return people[rng.low_below(len(people))]


def users(rows: int, seed: int) -> Iterator[dict[str, str | int]]:
    """Rows 0, 1, … rows - 1 of `user_data`."""
    making, drawing = RandomStream(seed, "person"), RandomStream(seed, "user")
    size = 1 + int(rows * _PEOPLE_PER_ROW)
    people = {group: [_person(making, group) for _ in range(size)] for group in _GROUPS}
    pairs = zip(category_blocks(rows), posters(rows, seed), strict=True)
    for ind, (category, poster) in enumerate(pairs):
        person = _draw(drawing, people[_group(drawing, category, poster)])
        yield {"ind": ind, **vars(person)}
