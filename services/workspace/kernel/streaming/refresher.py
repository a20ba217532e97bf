"""A thread that refreshes what a notebook shows of its streaming queries, while cells run and between them."""

import threading
from typing import Protocol

from pyspark.errors import PySparkException


class Refreshable(Protocol):
    def refresh(self) -> bool:
        """Show what is new; return whether more may come."""
        ...


class Refresher:
    """Refreshes its items, in a thread of its own, until none is left or it is stopped."""

    def __init__(self, period: float = 1.0) -> None:
        self._period = period
        self._items: list[Refreshable] = []
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, item: Refreshable) -> None:
        """Refresh an item every period, beginning with the next; start the thread if there is none."""
        with self._lock:
            self._items.append(item)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="streams", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End the thread, and forget the items."""
        self._stop.set()
        self.join(None)
        self._thread = None
        self._stop.clear()
        self._items.clear()

    def join(self, timeout: float | None) -> None:
        """Wait until nothing is left to refresh."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout)

    def _run(self) -> None:
        while not self._stop.wait(self._period) and self._refresh_all():
            pass

    def _refresh_all(self) -> bool:
        """Refresh all; return whether something is left."""
        with self._lock:
            items = list(self._items)
        ended = [item for item in items if not _refresh(item)]
        with self._lock:
            self._items = [item for item in self._items if item not in ended]
            if not self._items:
                self._thread = None
            return bool(self._items)


def _refresh(item: Refreshable) -> bool:
    """Spark may be gone: then nothing new comes, and the notebook's own next call says so."""
    try:
        return item.refresh()
    except PySparkException:
        return False


refresher = Refresher()
"""The notebook's own."""
