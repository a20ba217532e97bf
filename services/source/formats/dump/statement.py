"""One statement of a dump, read token by token."""

from collections.abc import Iterator

from services.source.formats.dump.literals import name_value
from services.source.formats.dump.tokens import DumpToken, TokenKind

_OPEN = ("BEGIN", "CASE")
_OTHER_ENDS = ("IF", "LOOP", "WHILE", "REPEAT")


class Statement:
    """The tokens of one statement; its end is taken from the dump's, and is none of its own.

    Attributes:
        token: The next token; None at the statement's end.
        line: Where the last token began.
        ended: Whether the delimiter was there; a dump that is cut short has none.
    """

    def __init__(self, rest: Iterator[DumpToken]) -> None:
        self._rest = rest
        self.token: DumpToken | None = None
        self.line = 0
        self.ended = False
        self.advance()

    def advance(self) -> None:
        """Step to the next token."""
        self.token = None if self.ended else next(self._rest, None)
        if self.token is not None:
            self.line = self.token.line
            if self.token.kind is TokenKind.END:
                self.ended, self.token = True, None

    def take(self, *words: str) -> bool:
        """Step over one of these words or marks, if it is the next token."""
        found = self.token is not None and self.token.says(*words)
        if found:
            self.advance()
        return found

    def take_all(self, *words: str) -> None:
        """Step over these words, as many of them as there are."""
        while self.take(*words):
            pass

    def skip(self) -> None:
        """Step to the end."""
        while self.token is not None:
            self.advance()

    def skip_brackets(self, depth: int) -> None:
        """Step behind the bracket that closes the outermost of `depth` open ones."""
        while self.token is not None and depth:
            depth += self.token.says("(") - self.token.says(")")
            self.advance()

    def names(self) -> list[str]:
        """Step over a list of columns and its closing bracket."""
        names = []
        while self.token is not None and not self.take(")"):
            if not self.take(","):
                names.append(name_value(self.token))
                self.advance()
        return names

    def qualified_name(self) -> tuple[str | None, str]:
        """Step over a table's name: the database before it, if there is one, and the name."""
        parts: list[str] = []
        while self.token is not None:
            parts.append(name_value(self.token))
            self.advance()
            if not self.take("."):
                break
        return (parts[-2] if len(parts) > 1 else None), (parts[-1] if parts else "")

    def skip_body(self) -> None:
        """Step to the end of a routine whose dump has no DELIMITER: behind the END of its BEGIN."""
        depth = 0
        while self._one_more(depth):
            token = self.token
            if token is None:
                continue
            self.advance()
            if token.says(*_OPEN):
                depth += 1
            elif token.says("END") and not self.take(*_OTHER_ENDS):
                self.take("CASE")
                depth -= 1

    def _one_more(self, depth: int) -> bool:
        """Whether the body goes on; a delimiter inside of it does not end the statement."""
        if self.token is None and self.ended and depth > 0:
            self.ended = False
            self.advance()
            return self.token is not None or self.ended
        return self.token is not None
