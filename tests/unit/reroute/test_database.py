"""Which MySQL connections are moved, and what becomes of their arguments."""

from types import ModuleType
from typing import Any

import pytest

from services.reroute.injected.pincloud_reroute.credentials.values import Values
from services.reroute.injected.pincloud_reroute.patches import database, mysql
from services.reroute.injected.pincloud_reroute.patches.database import Database
from services.reroute.injected.pincloud_reroute.process_context import Here


@pytest.mark.parametrize(
    ("wanted", "moves"),
    [
        ({"host": "db.abc.eu-west-1.rds.amazonaws.com"}, True),
        ({"host": "gone.example"}, True),
        ({"host": "known.example"}, False),
        ({"host": "localhost"}, False),
        ({"host": "127.0.0.1", "port": 3307, "user": "root"}, False),
        ({"host": "127.0.0.1", "port": 13306, "user": "root"}, True),
        ({"host": "127.0.0.1", "port": "3306", "user": "reader"}, True),
        ({}, False),
    ],
)
def test_rented_and_vanished_databases_are_the_local_source(
    wanted: dict[str, Any], here: Here, monkeypatch: pytest.MonkeyPatch, *, moves: bool
) -> None:
    """A database that answers, or another one on this machine, is the user's own business."""
    monkeypatch.setattr(database, "resolves", lambda host: host == "known.example")
    assert Database(here).moves(wanted) is moves


def test_after_an_offer_this_machine_means_the_local_source(here: Here) -> None:
    """Scripts take the host from the file and have the port and the user in their text."""
    here.offered = True
    assert Database(here).moves({"host": "127.0.0.1", "port": 3306, "user": "project_user"})


def test_address_account_and_tls_are_replaced_and_the_rest_is_kept(here: Here) -> None:
    """The character set and the cursor are the script's."""
    wanted = {
        "host": "x", "passwd": "y", "db": "z", "ssl": {"ca": "rds.pem"}, "ssl_ca": "rds.pem",
        "charset": "utf8mb4", "autocommit": True,
    }  # fmt: skip
    assert Database(here).moved(wanted) == {
        "host": "127.0.0.1",
        "port": 13306,
        "user": "reader",
        "password": "p@ss:word/%",
        "database": "pinterest_data",
        "charset": "utf8mb4",
        "autocommit": True,
    }


def test_a_stand_in_can_be_handed_to_the_driver_as_a_whole(here: Here) -> None:
    """`connect(**DB_CONFIG)`: its further spellings are no arguments of the driver's."""
    given: dict[str, Any] = {}

    class Connection:
        def __init__(
            self, *, host: str, port: int, user: str, password: str, database: str
        ) -> None:
            given.update(host=host, port=port, user=user, password=password, database=database)

    driver: Any = ModuleType("driver")
    driver.Connection = Connection
    mysql.patch(driver, here)
    here.offered = True
    driver.Connection(**Values(here.configuration).usual())
    assert given["host"] == "127.0.0.1"
    assert given["user"] == "reader"
