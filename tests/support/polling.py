"""Waiting for a condition, with a deadline and a message."""

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


def eventually(what: str, condition: Callable[[], Value], within: float = 30) -> Value:
    """Poll until the condition is true and return its value.

    Raises:
        AssertionError: it was not within so many seconds; the message says what was awaited.
    """
    deadline = time.monotonic() + within
    while not (value := condition()):
        assert time.monotonic() < deadline, f"waited {within:.0f} s in vain for {what}"
        time.sleep(0.05)
    return value
