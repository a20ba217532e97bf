"""Third-party text made fit for a terminal and a journal: no control character of it can do any harm there."""

import re

MOST_CHARACTERS = 200
"""Characters of a third party's text that a line keeps."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of what stands around them."""


def one_line(text: str) -> str:
    """The text as one short line; what cannot be printed becomes U+FFFD."""
    line = " ".join(text.split())[:MOST_CHARACTERS]
    return "".join(character if character.isprintable() else "\ufffd" for character in line)


def escaped(text: str) -> str:
    r"""The whole text, its line ends and tabs too; other control characters are spelled out: `\x1b`."""
    return _CONTROL.sub(lambda match: repr(match[0])[1:-1], text)
