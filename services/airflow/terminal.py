"""Text that others wrote, made fit for a terminal."""

import re

from rich.text import Text

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

_STYLES = {
    "success": "green",
    "failed": "bold red",
    "upstream_failed": "red",
    "up_for_retry": "yellow",
    "running": "cyan",
}


def plain(text: str) -> str:
    """The text with its control characters spelled out: a name must not move the cursor."""
    return _CONTROL.sub(lambda match: repr(match[0])[1:-1], text)


def state(word: str) -> Text:
    return Text(plain(word).replace("_", " "), _STYLES.get(word, ""))
