"""The data contract of each table, all in one place: its columns, how they are cleaned, what is plausible in them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pyspark.sql import Column
from pyspark.sql import functions as F

from services.tables import GEO, PIN, USER, Table
from spark_jobs.cleaning_rules import count, number, text, timestamp, whole

SourceColumn = Callable[[str], Column]
"""Looks a source column up by its name, as text."""


@dataclass(frozen=True)
class Contract:
    """What is agreed on one table.

    Attributes:
        raw: Names that a record may carry; the key may be called `index` or `ind` in each.
        clean: Silver's columns and their SQL types, in their order.
        parsed: Source columns that are numbers or timestamps, and how they are read.
        derived: Clean columns that are made of the source's in another way.
        plausible: What should hold of clean rows, in words → SQL aggregate that counts the rows for which it
            does not. The values are the senders' own: they are counted and stop nothing.
    """

    raw: tuple[str, ...]
    clean: dict[str, str]
    parsed: Mapping[str, Callable[[Column], Column]]
    derived: Callable[[SourceColumn], dict[str, Column]]
    plausible: Mapping[str, str]

    @property
    def ddl(self) -> str:
        """Silver's columns as SQL writes them."""
        return ", ".join(f"`{name}` {sql_type}" for name, sql_type in self.clean.items())


KEYS = ("ind", "index")


def _save_location(source: SourceColumn) -> dict[str, Column]:
    """The folder alone: the scraper wrote a sentence."""
    saved = F.regexp_replace(source("save_location"), "^Local save in ", "")
    return {"save_location": text(saved)}


def _coordinates(source: SourceColumn) -> dict[str, Column]:
    """[latitude, longitude], null when both are unknown."""
    pair = number(source("latitude")), number(source("longitude"))
    present = pair[0].isNotNull() | pair[1].isNotNull()
    return {"coordinates": F.when(present, F.array(*pair))}


def _user_name(source: SourceColumn) -> dict[str, Column]:
    """First and last name; a user with one name keeps that one."""
    return {
        "user_name": text(F.concat_ws(" ", text(source("first_name")), text(source("last_name"))))
    }


_PIN = Contract(
    raw=(
        *KEYS,
        "unique_id",
        "title",
        "description",
        "poster_name",
        "follower_count",
        "tag_list",
        "is_image_or_video",
        "image_src",
        "downloaded",  # the course's own bookkeeping, which is dropped
        "save_location",
        "category",
    ),
    clean={
        "ind": "INT",
        "unique_id": "STRING",
        "title": "STRING",
        "description": "STRING",
        "follower_count": "INT",
        "poster_name": "STRING",
        "tag_list": "STRING",
        "is_image_or_video": "STRING",
        "image_src": "STRING",
        "save_location": "STRING",
        "category": "STRING",
    },
    parsed={"follower_count": count},
    derived=_save_location,
    plausible={
        "followers are not negative": "count_if(follower_count < 0)",
        "a pin has a category": "count_if(category IS NULL)",
    },
)

_GEO = Contract(
    raw=(*KEYS, "timestamp", "latitude", "longitude", "country"),
    clean={
        "ind": "INT",
        "country": "STRING",
        "coordinates": "ARRAY<DOUBLE>",
        "timestamp": "TIMESTAMP",
    },
    parsed={"latitude": number, "longitude": number, "timestamp": timestamp},
    derived=_coordinates,
    plausible={
        "coordinates are on the globe": "count_if(abs(coordinates[0]) > 90 OR abs(coordinates[1]) > 180)",
        "no post is from the future": "count_if(timestamp > now() + INTERVAL 1 DAY)",
    },
)

_USER = Contract(
    raw=(*KEYS, "first_name", "last_name", "age", "date_joined"),
    clean={"ind": "INT", "user_name": "STRING", "age": "INT", "date_joined": "TIMESTAMP"},
    parsed={"age": whole, "date_joined": timestamp},
    derived=_user_name,
    plausible={
        "ages are people's": "count_if(age NOT BETWEEN 0 AND 130)",
        "nobody joined in the future": "count_if(date_joined > now() + INTERVAL 1 DAY)",
    },
)

CONTRACTS = {PIN: _PIN, GEO: _GEO, USER: _USER}


def contract(table: Table) -> Contract:
    """The table's contract."""
    return CONTRACTS[table]
