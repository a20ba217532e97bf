"""A thread that keeps what a notebook shows of its streams up to date, while cells run and between them."""

import threading
from typing import Protocol

from pyspark.errors import PySparkException


class Watched(Protocol):
    """Something shown that changes by itself."""

    def refresh(self) -> bool:
        """Show what is new; return whether more may come."""
        ...


class Watcher:
    """Refreshes what it was given, in a thread of its own, until nothing is left or it is told to stop."""

    def __init__(self, period: float = 1.0) -> None:
        """Look every `period` seconds."""
        self._period = period
        self._watched: list[Watched] = []
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def watch(self, item: Watched) -> None:
        """Begin to refresh something."""
        with self._lock:
            self._watched.append(item)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="streams", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End the thread; what it was given is refreshed no more."""
        self._stop.set()
        self.join(None)
        self._thread = None
        self._stop.clear()
        self._watched.clear()

    def join(self, timeout: float | None) -> None:
        """Wait until nothing is left to refresh."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout)

    def _run(self) -> None:
        while not self._stop.wait(self._period) and self._look():
            pass

    def _look(self) -> bool:
        """Refresh all; return whether something is left."""
        with self._lock:
            watched = list(self._watched)
        ended = [item for item in watched if not _refreshed(item)]
        with self._lock:
            self._watched = [item for item in self._watched if item not in ended]
            if not self._watched:
                self._thread = None
            return bool(self._watched)


def _refreshed(item: Watched) -> bool:
    """Spark may be gone: then nothing new comes, and the notebook's own next call says so."""
    try:
        return item.refresh()
    except PySparkException:
        return False


watcher = Watcher()
"""The notebook's own."""
