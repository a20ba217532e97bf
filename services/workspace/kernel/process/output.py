"""Sentences to the reader of a notebook about what is done differently here; they appear below the cell."""

import sys

_said: set[str] = set()


def say(text: str) -> None:
    """Write a line into the cell's output."""
    sys.stdout.write(f"{text}\n")


def say_once(subject: str, text: str) -> None:
    """Write a line the first time that its subject comes up in this notebook."""
    if subject not in _said:
        _said.add(subject)
        say(text)
