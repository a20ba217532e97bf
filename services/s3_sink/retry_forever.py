"""Retries for ever, with exponential back-off and jitter, until it works or the sink is to stop."""

import logging
import random
import threading
import time
from collections.abc import Callable
from typing import TypeVar

log = logging.getLogger(__name__)

Value = TypeVar("Value")

FIRST_SECONDS, LONGEST_SECONDS = 0.1, 5.0
LOG_SECONDS = 15.0


class Stopped(Exception):
    """The sink is to stop, and an action that is retried has not succeeded."""


class RetryForever:
    """Neither S3 nor Kafka being unavailable ends the sink; only its stop event does."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop

    def call(
        self, what: str, action: Callable[[], Value], retriable: tuple[type[Exception], ...]
    ) -> Value:
        """Repeat the action until it returns.

        Raises:
            Stopped: it failed, and the sink is to stop.
        """
        began, logged_at, delay = time.monotonic(), 0.0, FIRST_SECONDS
        while True:
            try:
                value = action()
            except retriable as error:
                if self._stop.is_set():
                    raise Stopped(f"{what}: {error}") from error
                if time.monotonic() - logged_at > LOG_SECONDS:
                    logged_at = time.monotonic()
                    log.warning("cannot %s, trying on: %s", what, error)
            else:
                if logged_at:
                    log.info("could %s after %.1f s", what, time.monotonic() - began)
                return value
            self._stop.wait(delay * random.uniform(0.5, 1))  # noqa: S311 -- jitter is no secret
            delay = min(2 * delay, LONGEST_SECONDS)
