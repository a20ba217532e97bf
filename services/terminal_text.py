"""Texts of others, made fit for a terminal, a journal and a person."""

SHOWN = 200
"""Characters of a foreign text that are kept."""


def plain(text: str) -> str:
    """A foreign text as one short line without control characters."""
    line = " ".join(text.split())[:SHOWN]
    return "".join(character if character.isprintable() else "\ufffd" for character in line)
