"""Ends the script when the run has as many acknowledged posts as were asked for.

By SystemExit, so that its `finally` blocks run, in the thread that posts and in the main thread.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import Any

MARK = "enough"
"""The file of the run's folder that says so."""

HEADER = "x-pincloud-enough"
"""Marks the answer to a request that came too late."""

SIGNAL = getattr(signal, "SIGUSR1", None)
"""Reaches the main thread wherever it waits; Windows has none."""


class Stop:
    """The end of a run, as one of its processes sees it."""

    def __init__(self, folder: str) -> None:
        self._mark = os.path.join(folder, MARK)

    def listen(self) -> None:
        """Let the signal end the main thread."""
        if SIGNAL is not None and threading.current_thread() is threading.main_thread():
            signal.signal(SIGNAL, _leave)

    def check(self) -> None:
        """Before a request: leave when there have been enough.

        Raises:
            SystemExit: the script ends, as a success.
        """
        if os.path.exists(self._mark):
            self._leave()

    def heed(self, enough: str | None) -> None:
        """After a request, with the value of its answer's header.

        Raises:
            SystemExit: the script ends, as a success.
        """
        if enough is not None:
            self._leave()

    @staticmethod
    def _leave() -> None:
        main = threading.main_thread()
        if threading.current_thread() is not main and SIGNAL is not None and main.ident:
            signal.pthread_kill(main.ident, SIGNAL)
        sys.exit(0)


def _leave(*_: Any) -> None:
    sys.exit(0)
