"""The rows of `geolocation_data`: where and when each pin was posted."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from seed_data.blocks import category_blocks
from seed_data.random_stream import Dice
from seed_data.vocabulary import Category, Place, places

_FIRST_YEAR = 2018
_AT_HOME = 0.35
"""Share of a category's rows that come from the countries that like it most."""
_EARLY = 0.04
"""Share of the rows from the last weeks of 2017, which the questions leave out."""


def _place(dice: Dice, category: Category) -> Place:
    if dice.chance(_AT_HOME):
        country = dice.pick(category.places)
        return next(place for place in places() if place.country == country)
    return places()[dice.low_below(len(places()))]


def _between(dice: Dice, start: datetime, end: datetime) -> datetime:
    return start + timedelta(seconds=dice.below(int((end - start).total_seconds())))


def _timestamp(dice: Dice, category: Category) -> datetime:
    if dice.chance(_EARLY):
        return _between(dice, datetime(2017, 10, 20), datetime(2018, 1, 1))  # noqa: DTZ001
    year = dice.weighted(range(_FIRST_YEAR, _FIRST_YEAR + 5), category.years)
    return _between(dice, datetime(year, 1, 1), datetime(year + 1, 1, 1))  # noqa: DTZ001


def geolocations(rows: int, seed: int) -> Iterator[dict[str, str | int | float]]:
    """Rows 0, 1, … rows - 1 of `geolocation_data`."""
    dice = Dice(seed, "geo")
    for ind, category in enumerate(category_blocks(rows)):
        place = _place(dice, category)
        yield {
            "ind": ind,
            "timestamp": _timestamp(dice, category).isoformat(),
            "latitude": round(place.latitude + 2 * dice.roll() - 1, 4),
            "longitude": round(place.longitude + 2 * dice.roll() - 1, 4),
            "country": place.country,
        }
