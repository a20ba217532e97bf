"""Cuts an SQL dump into tokens, a piece of the file at a time.

The words of MySQL's lexer that a dump can hold, and the client's commands that change how it is cut
(`DELIMITER`, `USE`); nothing here knows what a statement means, and nothing is ever executed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TextIO

from services.source.rows.raw_rows import UnreadableFileError

_PIECE = 1 << 16
_LONGEST = 1 << 25
"""Characters read at once, and the most that one token may have (MySQL's packets hold 16 MB)."""

_LOOKAHEAD = 16
"""Characters behind a token that can make it a longer one: a version, a delimiter, an exponent."""

_LINE = 1 << 12
"""Characters of a line that may be a command of the client."""

_ESCAPED_STRING = r"""'[^'\\]*+(?:(?:\\.|'')[^'\\]*+)*+' | "[^"\\]*+(?:(?:\\.|"")[^"\\]*+)*+\""""
_PLAIN_STRING = r"""'[^']*+(?:''[^']*+)*+' | "[^"]*+(?:""[^"]*+)*+\""""
_GRAMMAR = r"""
    (?P<skip>\s++ | --(?=\s)[^\n]*+ | \#[^\n]*+ | /\*(?!M?!)(?:[^*]|\*(?!/))*+\*/
      | /\*M?!(?:99\d{3}(?!\d)|1[2-9]\d{4}|[2-9]\d{5})  # for a later server than there is
        (?:[^*/]|/(?!\*)|\*(?!/)|/\*(?:[^*]|\*(?!/))*+\*/)*+\*/ )
  | (?P<open>/\*M?!(?!99\d{3}(?!\d)|1[2-9]\d{4}|[2-9]\d{5})(?:\d{5,6})?+)
  | (?P<close>\*/)
  | (?P<string>STRING)
  | (?P<name>`[^`]*+(?:``[^`]*+)*+`)
  | (?P<hex>0[xX][0-9a-fA-F]++ | [xX]'[0-9a-fA-F]*+')
  | (?P<bits>0b[01]++(?!\w) | [bB]'[01]*+')
  | (?P<number>[-+]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][-+]?[0-9]++)?)
  | (?P<word>[^\W\d][\w$]*+)
  | (?P<mark>[^'"`/]|/(?!\*))
"""
_ESCAPING, _LITERAL = (
    re.compile(_GRAMMAR.replace("STRING", string), re.VERBOSE | re.DOTALL)
    for string in (_ESCAPED_STRING, _PLAIN_STRING)
)
_DELIMITER = re.compile(r"(?i)delimiter[ \t]+(\S+)[^\n]*")
_USE = re.compile(r"(?i)(use)[ \t]+(`[^`\n]+`|\"[^\"\n]+\"|[^\s;`\"]+)[ \t]*;?")


class TokenKind(Enum):
    """What a token is."""

    STRING = "string"
    NAME = "name"
    HEX = "hex"
    BITS = "bits"
    NUMBER = "number"
    WORD = "word"
    MARK = "mark"
    END = "end"
    """The delimiter: the statement's end."""


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


class Lexer:
    """Cuts a dump into tokens; comments are left out, what stands in a version's comment is not.

    Attributes:
        delimiter: What ends a statement; the dump's own `DELIMITER` changes it.
        backslash_escapes: False once the dump has set NO_BACKSLASH_ESCAPES; the reader of its
            statements sets this between two of them.
    """

    def __init__(self, file: TextIO) -> None:
        self.delimiter = ";"
        self.backslash_escapes = True
        self._file = file
        self._buffer, self._position, self._line, self._ended = "", 0, 1, False
        self._opened = 0

    def tokens(self) -> Iterator[DumpToken]:
        """Yield the tokens.

        Raises:
            UnreadableFileError: a text, a name or a comment begins and never ends.
        """
        begins = True
        while self._fill(_LINE if begins else _LOOKAHEAD):
            found = self._command() if begins else []
            found = found or self._next()
            yield from found
            if found:
                begins = found[-1].kind is TokenKind.END
        if self._opened:
            raise UnreadableFileError(f"the comment that begins on line {self._opened} never ends")

    def _command(self) -> list[DumpToken]:
        """A command of the client, which only the beginning of a statement can be."""
        if match := _DELIMITER.match(self._buffer, self._position):
            self.delimiter = match[1]
            return [self._end(match)]
        if match := _USE.match(self._buffer, self._position):
            kind = TokenKind.NAME if match[2][0] == "`" else TokenKind.WORD
            kind = TokenKind.STRING if match[2][0] == '"' else kind
            line = self._line
            return [
                DumpToken(TokenKind.WORD, "USE", line),
                DumpToken(kind, match[2], line),
                self._end(match),
            ]
        return []

    def _end(self, match: re.Match[str]) -> DumpToken:
        end = DumpToken(TokenKind.END, self.delimiter, self._line)
        self._step(match.end())
        return end

    def _next(self) -> list[DumpToken]:
        """The next token; none for what is stepped over."""
        if self._buffer.startswith(self.delimiter, self._position):
            end = DumpToken(TokenKind.END, self.delimiter, self._line)
            self._step(self._position + len(self.delimiter))
            return [end]
        match = self._match()
        text, kind, line = match[0], match.lastgroup or "skip", self._line
        if kind == "word":  # of `END$$`, the delimiter is not the word's
            text = text.partition(self.delimiter)[0]
        self._step(self._position + len(text))
        if kind in _KINDS:
            return [DumpToken(_KINDS[kind], text, line)]
        if kind != "skip":
            self._opened = line if kind == "open" else 0
        return []

    def _match(self) -> re.Match[str]:
        """The token at the position, whole, however much has to be read for it."""
        pattern = _ESCAPING if self.backslash_escapes else _LITERAL
        while True:
            match = pattern.match(self._buffer, self._position)
            if match is not None and (self._ended or match.end() + _LOOKAHEAD <= len(self._buffer)):
                return match
            if self._ended:
                rest = self._buffer[self._position :][:20]
                raise UnreadableFileError(f"what begins on line {self._line} never ends: {rest!r}")
            self._more()

    def _step(self, position: int) -> None:
        self._line += self._buffer.count("\n", self._position, position)
        self._position = position

    def _fill(self, wanted: int) -> bool:
        """Have so many characters in front, or all that are left; False at the file's end."""
        while not self._ended and len(self._buffer) - self._position < wanted:
            self._more()
        return self._position < len(self._buffer)

    def _more(self) -> None:
        """Read on: at least as much as is waiting, so that long tokens cost linear time."""
        rest = self._buffer[self._position :]
        if len(rest) > _LONGEST:
            raise UnreadableFileError(f"what begins on line {self._line} never ends: {rest[:20]!r}")
        piece = self._file.read(max(_PIECE, len(rest)))
        self._buffer, self._position, self._ended = rest + piece, 0, not piece
