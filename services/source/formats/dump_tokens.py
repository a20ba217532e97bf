"""Cuts an SQL dump into tokens, a piece of the file at a time.

The words of MySQL's lexer that a dump can hold (mysqldump, mariadb-dump, phpMyAdmin, HeidiSQL);
nothing here knows what a statement means, and nothing is ever executed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TextIO

from services.source.formats.raw_rows import UnreadableFileError

_PIECE = 1 << 16
_LONGEST = 1 << 25
"""Characters read at once, and the most that one token may have (MySQL's packets hold 16 MB)."""

_LOOKAHEAD = 3
"""Characters behind a token that can make it a longer one: `1` is `1e-05`, `-` begins a comment."""

_TOKEN = re.compile(
    r"""
    (?P<skip>\s++ | --(?=\s)[^\n]*+ | \#[^\n]*+ | /\*(?:[^*]|\*(?!/))*+\*/ )
  | (?P<string>'[^'\\]*+(?:(?:\\.|'')[^'\\]*+)*+' | "[^"\\]*+(?:(?:\\.|"")[^"\\]*+)*+")
  | (?P<name>`[^`]*+(?:``[^`]*+)*+`)
  | (?P<hex>0[xX][0-9a-fA-F]++)
  | (?P<number>[-+]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][-+]?[0-9]++)?)
  | (?P<word>[^\W\d][\w$]*+)
  | (?P<mark>[^'"`/]|/(?!\*))
    """,
    re.VERBOSE | re.DOTALL,
)


class TokenKind(Enum):
    """What a token is."""

    STRING = "string"
    NAME = "name"
    HEX = "hex"
    NUMBER = "number"
    WORD = "word"
    MARK = "mark"


_KINDS = {kind.value: kind for kind in TokenKind}


@dataclass(frozen=True, slots=True)
class DumpToken:
    """A token as the dump writes it, and the line it begins at, from 1."""

    kind: TokenKind
    text: str
    line: int

    def says(self, *words: str) -> bool:
        """True if this is one of these keywords (given in capitals) or marks."""
        return self.kind in (TokenKind.WORD, TokenKind.MARK) and self.text.upper() in words


def tokens(file: TextIO) -> Iterator[DumpToken]:
    """Cut the file into tokens; blanks and comments are left out.

    Raises:
        UnreadableFileError: a text, a name or a comment begins and never ends.
    """
    buffer, position, line, ended = "", 0, 1, False
    while True:
        match = _TOKEN.match(buffer, position)
        if match is None or match.end() + _LOOKAHEAD > len(
            buffer
        ):  # the token may go on in the next piece
            if not ended:
                buffer, position, ended = _more(file, buffer[position:], line)
                continue
            if match is None:
                break
        text, kind = match[0], match.lastgroup
        if kind is not None and kind != "skip":
            yield DumpToken(_KINDS[kind], text, line)
        line += text.count("\n")
        position = match.end()
    if position < len(buffer):
        raise UnreadableFileError(
            f"what begins on line {line} never ends: {buffer[position:][:20]!r}"
        )


def _more(file: TextIO, rest: str, line: int) -> tuple[str, int, bool]:
    """Read on: at least as much as is waiting, so that long tokens cost linear time."""
    if len(rest) > _LONGEST:
        raise UnreadableFileError(f"what begins on line {line} never ends: {rest[:20]!r}")
    piece = file.read(max(_PIECE, len(rest)))
    return rest + piece, 0, not piece
