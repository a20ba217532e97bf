"""The vocabularies: which words, names and countries the rows are made of."""

import csv
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Category:
    """One category and what is particular to it; the fields are vocabulary.toml's own."""

    name: str
    weight: int
    ages: str
    years: list[int]
    places: list[str]
    adjectives: list[str]
    subjects: list[str]
    tags: list[str]
    words: dict[str, str]


@dataclass(frozen=True)
class Phrases:
    """Templates for `str.format`; the fields are phrases.toml's own."""

    titles: list[str]
    traps: list[str]
    descriptions: list[str]
    titles_in: dict[str, str]


@dataclass(frozen=True)
class Country:
    """A country and roughly its middle, in degrees."""

    name: str
    latitude: float
    longitude: float


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text("utf-8"))


@cache
def categories() -> list[Category]:
    """All categories, in alphabetical order."""
    sections = _toml("vocabulary.toml")
    return [Category(name, **sections[name]) for name in sorted(sections)]


@cache
def phrases() -> Phrases:
    """The sentences that titles and descriptions are made of."""
    return Phrases(**_toml("phrases.toml"))


@cache
def names(kind: str) -> list[str]:
    """First or last names (`first`, `last`)."""
    return list(_toml("names.toml")[kind])


@cache
def countries() -> list[Country]:
    """All countries, in alphabetical order."""
    with (_FOLDER / "places.csv").open(encoding="utf-8", newline="") as file:
        return [
            Country(row["country"], float(row["latitude"]), float(row["longitude"]))
            for row in csv.DictReader(file)
        ]
