"""What a notebook's process writes below the cell: lines of text, and rich outputs by MIME type."""

import sys
from typing import Any

from IPython.display import display as show

_printed: set[str] = set()


def print_line(text: str) -> None:
    """Write a line into the cell's output."""
    sys.stdout.write(f"{text}\n")


def print_once(subject: str, text: str) -> None:
    """Write a line the first time that its subject comes up in this notebook."""
    if subject not in _printed:
        _printed.add(subject)
        print_line(text)


def publish(bundle: dict[str, Any], **options: Any) -> None:
    """Send one output in several forms, by MIME type, of which the reader's program takes the best that it knows.

    Args:
        bundle: MIME type → content.
        options: IPython's: `display_id`, and `update` for an output that is there already.
    """
    publisher: Any = show
    publisher(bundle, raw=True, **options)


def publish_value(value: Any) -> None:
    """Send a value in the forms that it has itself."""
    publisher: Any = show
    publisher(value)
