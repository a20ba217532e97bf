"""The three tables of the course, and the one place that knows their names in every system."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """One of the three tables, under its names in every system.

    Attributes:
        name: Short name, used in topics, streams, lake paths and on the command line.
        source: Name of the MySQL table.
        key: Column of the MySQL table that identifies a row; it becomes `ind` downstream.
    """

    name: str
    source: str
    key: str

    def topic(self, user_id: str) -> str:
        """Kafka topic of this table, e.g. `0a1b2c3d4e5f.pin`."""
        return f"{user_id}.{self.name}"

    def stream(self, user_id: str) -> str:
        """Kinesis stream of this table, e.g. `streaming-0a1b2c3d4e5f-pin`."""
        return f"streaming-{user_id}-{self.name}"

    def speed_table(self, user_id: str) -> str:
        """Delta table of the speed layer, e.g. `0a1b2c3d4e5f_pin_table`."""
        return f"{user_id}_{self.name}_table"


PIN = Table("pin", "pinterest_data", "index")
GEO = Table("geo", "geolocation_data", "ind")
USER = Table("user", "user_data", "ind")

TABLES = (PIN, GEO, USER)
BY_NAME = {table.name: table for table in TABLES}

_USER_ID = "[0-9a-f]{12}"
_ANY_TABLE = "|".join(BY_NAME)

TOPIC_PATTERN = re.compile(rf"{_USER_ID}\.({_ANY_TABLE})")
"""The topics of any user, e.g. `0a1b2c3d4e5f.pin`; group 1 is the table's name."""

STREAM_PATTERN = re.compile(rf"streaming-{_USER_ID}-({_ANY_TABLE})")
"""The streams of any user, e.g. `streaming-0a1b2c3d4e5f-pin`; group 1 is the table's name."""


_USER_TOPIC = re.compile(rf"({_USER_ID})\..+")
_USER_STREAM = re.compile(rf"streaming-({_USER_ID})-.+")


def user_of_topic(topic: str) -> str | None:
    """The user id in a topic `<user id>.<name>`; None for any other topic."""
    found = _USER_TOPIC.fullmatch(topic)
    return found[1] if found else None


def user_of_stream(stream: str) -> str | None:
    """The user id in a stream `streaming-<user id>-<name>`; None for any other stream."""
    found = _USER_STREAM.fullmatch(stream)
    return found[1] if found else None


def table_of_topic(topic: str) -> Table | None:
    """The table that a topic `<user id>.<table>` is of, whoever's it is; None for any other topic."""
    return BY_NAME.get(topic.rpartition(".")[2])


def table_of_stream(stream: str) -> Table | None:
    """The table that a stream `streaming-<user id>-<table>` is of, whoever's it is; None for any other."""
    return BY_NAME.get(stream.rpartition("-")[2])


def bucket(user_id: str) -> str:
    """S3 bucket that the sink writes to."""
    return f"user-{user_id}-bucket"
