"""A table's name while a notebook writes to it: freed of the speed layer's table, and named by no other session."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pyspark.sql import SparkSession

from services.settings import Settings
from services.workspace.catalog.table_locks import shared_write_lock
from services.workspace.catalog.table_registration import (
    free_name,
    plain_name,
    remove_dropped_files,
)
from services.workspace.kernel.process.output import print_line
from services.workspace.kernel.spark.table_names import local_name

_internal = threading.local()


@contextmanager
def claimed_table(settings: Settings, name: str) -> Iterator[str]:
    """A table's local name, free for a table that is the notebook's own, and meanwhile named by no other session."""
    own = local_name(name)
    if _is_internal():
        yield own
        return
    with shared_write_lock(settings, plain_name(own)):
        _claim(settings, own)
        yield own


def _claim(settings: Settings, own: str) -> None:
    with internal_statements():
        if free_name(SparkSession.active(), settings, own):
            print_line(
                f"{own} was the speed layer's table, which has one writer and keeps its rows. "
                "From now on the name is free for a table of the notebook's own."
            )


@contextmanager
def internal_statements() -> Iterator[None]:
    """Meanwhile statements are taken as they are: they are the workspace's, not the notebook's."""
    before, _internal.now = _is_internal(), True
    try:
        yield
    finally:
        _internal.now = before


def clear_dropped(settings: Settings, name: str) -> None:
    """Remove what a notebook's `DROP TABLE` left of a managed table."""
    if not _is_internal():
        with internal_statements():
            remove_dropped_files(SparkSession.active(), settings, name)


def _is_internal() -> bool:
    return getattr(_internal, "now", False)
