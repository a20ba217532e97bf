"""Which MySQL connections are rerouted, and what becomes of their arguments."""

from types import ModuleType
from typing import Any

import pytest

from services.reroute.injected.pincloud_reroute.credentials.meaning.values import Values
from services.reroute.injected.pincloud_reroute.patches import mysql
from services.reroute.injected.pincloud_reroute.patches.mysql import LocalDatabase
from services.reroute.injected.pincloud_reroute.process_context import ProcessContext


@pytest.mark.parametrize(
    ("wanted", "reroutes"),
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
    wanted: dict[str, Any],
    context: ProcessContext,
    monkeypatch: pytest.MonkeyPatch,
    *,
    reroutes: bool,
) -> None:
    """A database that answers, or another one on this machine, is the user's own business."""
    monkeypatch.setattr(mysql, "resolves", lambda host: host == "known.example")
    assert LocalDatabase(context).reroutes(wanted) is reroutes


def test_after_an_offer_this_machine_means_the_local_source(context: ProcessContext) -> None:
    """Scripts take the host from the file and have the port and the user in their text."""
    context.offered = True
    assert LocalDatabase(context).reroutes(
        {"host": "127.0.0.1", "port": 3306, "user": "project_user"}
    )


def test_address_account_and_tls_are_replaced_and_the_rest_is_kept(context: ProcessContext) -> None:
    """The character set and the cursor are the script's."""
    wanted = {
        "host": "x", "passwd": "y", "db": "z", "ssl": {"ca": "rds.pem"}, "ssl_ca": "rds.pem",
        "charset": "utf8mb4", "autocommit": True,
    }  # fmt: skip
    assert LocalDatabase(context).rerouted(wanted) == {
        "host": "127.0.0.1",
        "port": 13306,
        "user": "reader",
        "password": "p@ss:word/%",
        "database": "pinterest_data",
        "charset": "utf8mb4",
        "autocommit": True,
    }


def test_a_stand_in_can_be_handed_to_the_driver_as_a_whole(context: ProcessContext) -> None:
    """`connect(**DB_CONFIG)`: its further spellings are no arguments of the driver's."""
    given: dict[str, Any] = {}

    class Connection:
        def __init__(
            self, *, host: str, port: int, user: str, password: str, database: str
        ) -> None:
            given.update(host=host, port=port, user=user, password=password, database=database)

    driver: Any = ModuleType("driver")
    driver.Connection = Connection
    mysql.patch(driver, context)
    context.offered = True
    driver.Connection(**Values(context.configuration).usual())
    assert given["host"] == "127.0.0.1"
    assert given["user"] == "reader"


def test_a_closed_list_of_names_takes_what_was_offered(context: ProcessContext) -> None:
    """Aiomysql's `connect(**DATABASE)` has no `database`; what the script itself gives too much is its own error."""

    class Connection:
        def __init__(self, host: str = "", db: str | None = None) -> None:
            self.given = (host, db)

    def connect(host: str = "", db: str | None = None) -> Connection:
        return Connection(host, db)

    module: Any = ModuleType("driver")
    module.Connection, module.connect = Connection, connect
    mysql.patch(module, context)
    with pytest.raises(TypeError):
        module.connect(host="localhost", database="pins")
    context.offered = True
    assert (
        module.connect(host="127.0.0.1", database="pins", passwd="x").given[1] == "pinterest_data"
    )
