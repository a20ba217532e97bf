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


MOST_EXITS = 20
"""A script that swallows so many SystemExits, with a bare `except`, is terminated."""


class Stop:
    """The end of a run, in one of its processes."""

    def __init__(self, folder: str) -> None:
        self._mark = os.path.join(folder, MARK)
        self._exiting = False
        self._exits = 0

    def listen(self) -> None:
        """Let the signal end the main thread."""
        if SIGNAL is not None and threading.current_thread() is threading.main_thread():
            signal.signal(SIGNAL, self._on_signal)

    def check(self) -> None:
        """Before a request: leave when there have been enough.

        Raises:
            SystemExit: the script ends, as a success.
        """
        if os.path.exists(self._mark):
            self.leave()

    def check_header(self, enough: str | None) -> None:
        """After a request, with the value of its response's header.

        Raises:
            SystemExit: the script ends, as a success.
        """
        if enough is not None:
            self.leave()

    def leave(self) -> None:
        """End this thread, and the main one, which may wait for something else.

        Raises:
            SystemExit: the script ends, as a success.
        """
        self._exits += 1
        if self._exits > MOST_EXITS:
            os.kill(os.getpid(), signal.SIGTERM)
        main = threading.main_thread()
        if threading.current_thread() is main:
            self._exiting = True
            _quieten_loop()
        elif SIGNAL is not None and main.ident:
            signal.pthread_kill(main.ident, SIGNAL)
        sys.exit(0)

    def _on_signal(self, *_: Any) -> None:
        """Once: a second time would disturb the script while it cleans up."""
        if not self._exiting:
            self._exiting = True
            sys.exit(0)


def _quieten_loop() -> None:
    """Let the event loop, where one runs, not complain of tasks that end like this."""
    asyncio = sys.modules.get("asyncio")
    try:
        loop = asyncio.get_running_loop() if asyncio else None
    except RuntimeError:
        loop = None
    if loop is not None:
        loop.set_exception_handler(_handle)


def _handle(loop: Any, context: dict[str, Any]) -> None:
    if not isinstance(context.get("exception"), SystemExit):
        loop.default_exception_handler(context)
