"""From a token of an SQL dump to its value: MySQL's literals."""

import codecs
import re

from services.source.formats.dump.tokens import DumpToken, TokenKind
from services.source.rows.values import quote_value

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

_CODECS = {
    "ascii": "utf-8",
    "binary": "utf-8",
    "utf8": "utf-8",
    "utf8mb3": "utf-8",
    "utf8mb4": "utf-8",
    "latin1": "cp1252",
    "latin2": "iso8859-2",
    "latin5": "iso8859-9",
    "latin7": "iso8859-13",
    "cp1250": "cp1250",
    "cp1251": "cp1251",
    "cp1256": "cp1256",
    "cp1257": "cp1257",
    "greek": "iso8859-7",
    "hebrew": "iso8859-8",
    "koi8r": "koi8-r",
    "koi8u": "koi8-u",
    "ucs2": "utf-16-be",
    "utf16": "utf-16-be",
    "utf16le": "utf-16-le",
    "utf32": "utf-32-be",
    "big5": "big5",
    "cp932": "cp932",
    "eucjpms": "euc_jp",
    "euckr": "euc_kr",
    "gb18030": "gb18030",
    "gb2312": "gb2312",
    "gbk": "gbk",
    "sjis": "shift_jis",
    "ujis": "euc_jp",
}
"""MySQL's character set → Python's codec."""


class NotALiteralError(ValueError):
    """The token is no value; loading it would mean running the user's SQL."""


def codec_of(character_set: str) -> str | None:
    """Python's name of one of MySQL's character sets; None for one that is none."""
    return _CODECS.get(character_set.lower())


def introduced(token: DumpToken) -> str | None:
    """The codec that a word before a literal says (`_utf8mb4`, `_binary`, `N`), else None."""
    if token.kind is not TokenKind.WORD:
        return None
    if token.text in ("N", "n"):
        return "utf-8"
    return codec_of(token.text[1:]) if token.text.startswith("_") else None


def string_value(text: str, *, backslash_escapes: bool = True) -> str:
    """The text that a quoted SQL string stands for."""
    quote, body = text[0], text[1:-1]
    if not backslash_escapes:
        return body.replace(quote * 2, quote)
    parts = _ESCAPE.split(body)  # plain, escaped character, plain, …
    plain = [part.replace(quote * 2, quote) for part in parts[::2]]
    escaped = [_ESCAPED.get(part, part) for part in parts[1::2]] + [""]
    return "".join(a + b for a, b in zip(plain, escaped, strict=True))


def decoded(text: str, codec: str) -> str:
    """A text that was read as UTF-8, as the bytes of another character set."""
    if codec == "utf-8" or text.isascii():
        return text
    return text.encode("utf-8", "surrogateescape").decode(codec, "surrogateescape")


def name_value(token: DumpToken) -> str:
    """The table or column that a token names."""
    if token.kind is TokenKind.NAME:
        return token.text[1:-1].replace("``", "`")
    return string_value(token.text) if token.kind is TokenKind.STRING else token.text


def bytes_value(token: DumpToken, codec: str | None) -> str:
    """The text of `0x4142`, `X'4142'`, `0b01` or `b'01'`."""
    if token.kind is TokenKind.BITS:
        return str(int(token.text[1:].strip("'b") or "0", 2))
    digits = token.text[2:].rstrip("'")
    content = bytes.fromhex(digits.zfill(len(digits) + len(digits) % 2))
    return codecs.decode(content, codec or "utf-8", "surrogateescape")


def literal_value(token: DumpToken) -> int | str | None:
    """The value of a literal that is no quoted text; numbers stay text, so that no digit is touched.

    Raises:
        NotALiteralError: it is a function, a variable or anything else that MySQL would compute.
    """
    if token.kind is TokenKind.NUMBER:
        return token.text
    if token.kind is TokenKind.WORD and token.text.upper() in _WORDS:
        return _WORDS[token.text.upper()]
    raise NotALiteralError(f"{quote_value(token.text)} is an expression, not a value")
