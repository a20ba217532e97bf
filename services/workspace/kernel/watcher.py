"""A thread that keeps what a notebook shows of its streams up to date, while cells run and between them."""

import threading
from typing import Protocol

from pyspark.errors import PySparkException

_PERIOD = 1.0
"""Seconds between two looks."""


class Watched(Protocol):
    """Something shown that changes by itself."""

    def refresh(self) -> bool:
        """Show what is new; return whether more may come."""
        ...


class Watcher:
    """Refreshes what it was given, in a thread of its own, until told to stop."""

    def __init__(self) -> None:
        self._watched: list[Watched] = []
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def watch(self, item: Watched) -> None:
        """Begin to refresh something."""
        with self._lock:
            self._watched.append(item)
            if self._thread is None:
                self._stop.clear()
                self._thread = threading.Thread(target=self._run, name="streams", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End the thread; nothing is refreshed any more."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self._thread = None
        self._watched.clear()

    def _run(self) -> None:
        while not self._stop.wait(_PERIOD):
            with self._lock:
                watched = list(self._watched)
            ended = [item for item in watched if not _refreshed(item)]
            with self._lock:
                self._watched = [item for item in self._watched if item not in ended]


def _refreshed(item: Watched) -> bool:
    """Spark may be gone: then nothing new comes, and the notebook's own next call says so."""
    try:
        return item.refresh()
    except PySparkException:
        return False


watcher = Watcher()
"""The notebook's own."""
