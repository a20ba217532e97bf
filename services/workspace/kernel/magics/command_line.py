"""A magic's line, split into words, and `MagicError` for one that makes no sense."""

from shlex import shlex


class MagicError(Exception):
    """A magic was used in a way that it does not know; the message says which way it does."""


def split_words(magic: str, text: str, lexer: shlex) -> list[str]:
    """The words of a magic's text.

    Raises:
        MagicError: a quote is not closed.
    """
    lexer.whitespace_split = True
    try:
        return list(lexer)
    except ValueError as error:
        raise MagicError(
            f"%{magic} {text}: {error}. Close the quotes, or leave them out."
        ) from None
