"""The rows of `geolocation_data`: where and when each pin was posted."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from seed_data.blocks import category_blocks
from seed_data.random_stream import RandomStream
from seed_data.vocabulary import Category, Country, countries

_FIRST_YEAR = 2018
_AT_HOME = 0.35
"""Share of a category's rows that come from the countries that like it most."""
_EARLY = 0.04
"""Share of the rows from the last weeks of 2017, which the questions leave out."""


def _country(rng: RandomStream, category: Category) -> Country:
    if rng.chance(_AT_HOME):
        favourite = rng.pick(category.places)
        return next(country for country in countries() if country.name == favourite)
    return countries()[rng.low_below(len(countries()))]


def _between(rng: RandomStream, start: datetime, end: datetime) -> datetime:
    return start + timedelta(seconds=rng.below(int((end - start).total_seconds())))


def _timestamp(rng: RandomStream, category: Category) -> datetime:
    if rng.chance(_EARLY):
        return _between(rng, datetime(2017, 10, 20), datetime(2018, 1, 1))  # noqa: DTZ001
    year = rng.weighted(range(_FIRST_YEAR, _FIRST_YEAR + 5), category.years)
    return _between(rng, datetime(year, 1, 1), datetime(year + 1, 1, 1))  # noqa: DTZ001


def geolocations(rows: int, seed: int) -> Iterator[dict[str, str | int | float]]:
    """Rows 0, 1, … rows - 1 of `geolocation_data`."""
    rng = RandomStream(seed, "geo")
    for ind, category in enumerate(category_blocks(rows)):
        country = _country(rng, category)
        yield {
            "ind": ind,
            "timestamp": _timestamp(rng, category).isoformat(),
            "latitude": round(country.latitude + 2 * rng.roll() - 1, 4),
            "longitude": round(country.longitude + 2 * rng.roll() - 1, 4),
            "country": country.name,
        }
