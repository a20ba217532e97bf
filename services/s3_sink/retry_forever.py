"""Trying again for ever, with back-off, until it works or the sink is told to stop."""

import logging
import random
import threading
import time
from collections.abc import Callable
from typing import TypeVar

log = logging.getLogger(__name__)

Value = TypeVar("Value")

FIRST_SECONDS, LONGEST_SECONDS = 0.1, 5.0
SAY_AGAIN_SECONDS = 15.0


class Stopped(Exception):
    """The sink was told to stop while something was still to be tried again."""


class RetryForever:
    """Neither S3 nor Kafka being away ends the sink; only its stop event does."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop

    def insist(
        self, what: str, action: Callable[[], Value], retriable: tuple[type[Exception], ...]
    ) -> Value:
        """Repeat the action until it returns.

        Raises:
            Stopped: it failed, and the sink is to stop.
        """
        began, said, delay = time.monotonic(), 0.0, FIRST_SECONDS
        while True:
            try:
                value = action()
            except retriable as error:
                if self._stop.is_set():
                    raise Stopped(f"{what}: {error}") from error
                if time.monotonic() - said > SAY_AGAIN_SECONDS:
                    said = time.monotonic()
                    log.warning("cannot %s, trying on: %s", what, error)
            else:
                if said:
                    log.info("could %s after %.1f s", what, time.monotonic() - began)
                return value
            self._stop.wait(delay * random.uniform(0.5, 1))  # noqa: S311 -- jitter is no secret
            delay = min(2 * delay, LONGEST_SECONDS)
