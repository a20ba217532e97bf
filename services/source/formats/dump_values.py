"""From a token of an SQL dump to its value: MySQL's literals."""

import re

from services.source.formats.dump_tokens import DumpToken, TokenKind
from services.source.values import quote_value

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {
    "0": "\0",
    "b": "\b",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "Z": "\x1a",
    "%": r"\%",
    "_": r"\_",
}
"""MySQL 8.4 Reference Manual, 11.1.1: any other escaped character is itself."""

_WORDS: dict[str, int | None] = {"NULL": None, "TRUE": 1, "FALSE": 0}


class NotALiteralError(ValueError):
    """The token is no value; loading it would mean running the user's SQL."""


def string_value(text: str) -> str:
    """The text that a quoted SQL string stands for."""
    quote, body = text[0], text[1:-1]
    parts = _ESCAPE.split(body)  # plain, escaped character, plain, …
    plain = [part.replace(quote * 2, quote) for part in parts[::2]]
    escaped = [_ESCAPED.get(part, part) for part in parts[1::2]] + [""]
    return "".join(a + b for a, b in zip(plain, escaped, strict=True))


def name_value(token: DumpToken) -> str:
    """The table or column that a token names."""
    if token.kind is TokenKind.NAME:
        return token.text[1:-1].replace("``", "`")
    return string_value(token.text) if token.kind is TokenKind.STRING else token.text


def literal_value(token: DumpToken) -> str | int | None:
    """The value of a literal; numbers stay text, so that no digit is touched.

    Raises:
        NotALiteralError: it is a function, a variable or anything else that MySQL would compute.
    """
    if token.kind is TokenKind.STRING:
        return string_value(token.text)
    if token.kind is TokenKind.NUMBER:
        return token.text
    if token.kind is TokenKind.HEX:
        digits = token.text[2:]
        return bytes.fromhex(digits.zfill(len(digits) + len(digits) % 2)).decode(
            "utf-8", "surrogateescape"
        )
    if token.kind is TokenKind.WORD and token.text.upper() in _WORDS:
        return _WORDS[token.text.upper()]
    raise NotALiteralError(f"{quote_value(token.text)} is an expression, not a value")
