"""Columns of the three tables: as the source has them, and as they are when clean."""

from dataclasses import dataclass

from services.tables import GEO, PIN, USER, Table


@dataclass(frozen=True)
class Schema:
    """Columns of one table.

    Attributes:
        raw: Names that a record may carry; the key may be called `index` or `ind` in each.
        clean: Silver's columns and their SQL types, in their order.
    """

    raw: tuple[str, ...]
    clean: dict[str, str]


KEYS = ("ind", "index")

_PIN = Schema(
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
        "downloaded",
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
)

_GEO = Schema(
    raw=(*KEYS, "timestamp", "latitude", "longitude", "country"),
    clean={
        "ind": "INT",
        "country": "STRING",
        "coordinates": "ARRAY<DOUBLE>",
        "timestamp": "TIMESTAMP",
    },
)

_USER = Schema(
    raw=(*KEYS, "first_name", "last_name", "age", "date_joined"),
    clean={"ind": "INT", "user_name": "STRING", "age": "INT", "date_joined": "TIMESTAMP"},
)

SCHEMAS = {PIN: _PIN, GEO: _GEO, USER: _USER}


def schema(table: Table) -> Schema:
    """The table's columns."""
    return SCHEMAS[table]
