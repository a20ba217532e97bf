"""Loaded into a user's process: sends what it asks of the rented clouds to the local one.

Standard library only, and Python 3.8 or later: it runs in whatever interpreter the user chose. A
library is changed right after the script has imported it, and one that is never imported costs nothing.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Callable

from .configuration import read
from .hooks import after_import
from .process_context import Here
from .site import chain

__all__ = ["install"]

PATCHES = {
    "MySQLdb.connections": "mysql",
    "aiohttp.client_reqrep": "aiohttp_answers",
    "aiohttp.connector": "aiohttp_connections",
    "aiomysql.connection": "mysql",
    "asyncio.tasks": "sleep",
    "botocore.session": "botocore",
    "confluent_kafka.cimpl": "confluent",
    "decouple": "decouple",
    "http.client": "http_client",
    "httpx": "httpx",
    "kafka": "kafka_python",
    "mysql.connector.abstracts": "mysql_connector",
    "os": "paths",
    "pathlib": "missing_files",
    "pymysql.connections": "mysql",
    "requests.packages.urllib3.connection": "urllib3",
    "sqlalchemy": "sqlalchemy_1",
    "time": "sleep",
    "urllib3.connection": "urllib3",
}
"""Module of the user's → module of `patches` whose `patch(module, here)` changes it."""


def install(site_file: str) -> None:
    """Prepare this process, then let the interpreter's own `sitecustomize` have its say."""
    configuration = read()
    if configuration is not None:
        here = Here(configuration)
        here.stop.listen()
        after_import({name: _patch(ours, here) for name, ours in PATCHES.items()})
        for ours in ("credentials.modules", "hints"):
            importlib.import_module(f".{ours}", __name__).offer(here)
    chain(site_file)


def _patch(name: str, here: Here) -> Callable[[ModuleType], None]:
    """The function that changes a module; ours is loaded only then."""

    def patch(module: ModuleType) -> None:
        try:
            importlib.import_module(f".patches.{name}", __name__).patch(module, here)
        except (AttributeError, TypeError, ValueError) as error:  # a version that we do not know
            here.say(f"{module.__name__} is not rerouted: {error}", key=module.__name__)

    return patch
