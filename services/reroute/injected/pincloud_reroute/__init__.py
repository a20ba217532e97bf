"""Loaded into a user's process: sends what it asks of the rented clouds to the local one.

Standard library only, and Python 3.8 or later: it runs in whatever interpreter the user chose. A
library is changed right after the script has imported it, and one that is never imported costs nothing.
"""

from __future__ import annotations

import importlib
from functools import partial
from types import ModuleType
from typing import Callable

from .configuration import read
from .hooks import after_import
from .process_context import ProcessContext
from .removed import CHANGES, NAMES, answer
from .site import append_packages, chain

__all__ = ["install"]

PATCHES = {
    "MySQLdb.connections": "mysql.patch",
    "aiohttp.client_reqrep": "aiohttp.patch_response",
    "aiohttp.connector": "aiohttp.patch_connector",
    "aiomysql.connection": "mysql.patch",
    "asyncio.tasks": "sleep.patch",
    "botocore.client": "secret_stores.patch",
    "botocore.session": "botocore.patch",
    "confluent_kafka.cimpl": "kafka.patch_confluent",
    "decouple": "decouple.patch",
    "http.client": "http_client.patch",
    "httpx": "httpx.patch",
    "kafka": "kafka.patch_kafka_python",
    "mysql.connector.abstracts": "mysql.patch_mysql_connector",
    "os": "missing_files.patch_os",
    "pathlib": "missing_files.patch_pathlib",
    "pydantic": "pydantic_1.patch",
    "pymysql.connections": "mysql.patch",
    "requests.packages.urllib3.connection": "http_client.patch_urllib3",
    "time": "sleep.patch",
    "urllib3.connection": "http_client.patch_urllib3",
}
"""Module of the user's → module of `patches` and its function that changes it: `patch(module, context)`."""


def install(site_file: str) -> None:
    """Prepare this process, then let the interpreter's own `sitecustomize` have its say."""
    configuration = read()
    if configuration is not None:
        context = ProcessContext(configuration)
        context.stop.listen()
        append_packages()
        after_import(_hooks(context))
        for ours in ("removed.missing_modules", "credentials.modules", "hints", "no_contact"):
            importlib.import_module(f".{ours}", __name__).offer(context)
    chain(site_file)


def _hooks(context: ProcessContext) -> dict[str, Callable[[ModuleType], None]]:
    """What is to be done to a module, in turn: the way to the local cloud, then what the module has lost."""
    turns: dict[str, list[Callable[[ModuleType], None]]] = {}
    for package, table in (("patches", PATCHES), ("removed", CHANGES)):
        for name, ours in table.items():
            turns.setdefault(name, []).append(_patch(f".{package}.{ours}", context))
    for name in NAMES:
        turns.setdefault(name, []).append(partial(answer, context=context))
    return {name: partial(_in_turn, hooks) for name, hooks in turns.items()}


def _in_turn(hooks: list[Callable[[ModuleType], None]], module: ModuleType) -> None:
    for hook in hooks:
        hook(module)


def _patch(path: str, context: ProcessContext) -> Callable[[ModuleType], None]:
    """The function that changes a module; ours is loaded only then."""
    ours, _, function = path.rpartition(".")

    def patch(module: ModuleType) -> None:
        try:
            patches = importlib.import_module(ours, __name__)
            getattr(patches, function)(module, context)
        except (AttributeError, TypeError, ValueError, KeyError) as error:  # an unknown version
            context.say(f"{module.__name__} is not changed: {error}", key=module.__name__)

    return patch
