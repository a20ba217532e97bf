"""What a dump sets for itself: whether a backslash escapes, and the character set of its texts."""

from services.source.formats.dump.literals import codec_of, name_value
from services.source.formats.dump.statement import Statement
from services.source.formats.dump.tokens import DumpToken, Lexer, TokenKind
from services.source.rows.raw_rows import UnreadableFileError

_LITERALLY = "NO_BACKSLASH_ESCAPES"
_UNSAFE = ("big5", "cp932", "gb18030", "gbk", "shift_jis")
"""Character sets whose second bytes can look like a quote or a backslash: cut as UTF-8, they break."""


class SessionSettings:
    """Follows the dump's `SET` statements.

    Attributes:
        codec: How the bytes of the dump's texts are read.
    """

    def __init__(self, lexer: Lexer) -> None:
        self._lexer = lexer
        self._saved: dict[str, bool] = {}
        self.codec = "utf-8"

    def read(self, statement: Statement) -> None:
        """Read the rest of `SET …`.

        Raises:
            UnreadableFileError: the dump is in a character set that must be told beforehand.
        """
        if statement.take("NAMES"):
            if statement.token is not None:
                self._names(name_value(statement.token))
            return
        while statement.token is not None:
            self._assign(_assignment(statement))

    def _names(self, character_set: str) -> None:
        codec = codec_of(character_set) or "utf-8"
        if codec in _UNSAFE:
            raise UnreadableFileError(
                f"it says SET NAMES {character_set}; load it with ENCODING={codec}"
            )
        self.codec = codec

    def _assign(self, words: list[DumpToken]) -> None:
        name, literally = _target(words).upper(), self._literally(words)
        if name in ("SQL_MODE", "@@SQL_MODE"):
            self._lexer.backslash_escapes = not literally
        elif name == "STANDARD_CONFORMING_STRINGS":  # PostgreSQL's --inserts
            self._lexer.backslash_escapes = False
        elif name.startswith("@") and not name.startswith("@@"):
            self._saved[name] = literally

    def _literally(self, words: list[DumpToken]) -> bool:
        """Whether the assigned mode takes a backslash for itself."""
        value = words[_equals(words) + 1 :]
        if any(_LITERALLY in token.text.upper() for token in value):
            return True
        name = "".join(token.text for token in value).upper()
        if "@@" in name:
            return not self._lexer.backslash_escapes
        return self._saved.get(name, False)


def _assignment(statement: Statement) -> list[DumpToken]:
    """Step over `name = value` and the comma behind it."""
    words: list[DumpToken] = []
    depth = 0
    while statement.token is not None:
        token = statement.token
        statement.advance()
        depth += token.says("(") - token.says(")")
        if token.says(",") and not depth:
            break
        words.append(token)
    return words


def _equals(words: list[DumpToken]) -> int:
    return next((at for at, token in enumerate(words) if token.says("=")), len(words))


def _target(words: list[DumpToken]) -> str:
    """The variable's name with its marks: `SQL_MODE`, `@@SESSION.sql_mode` → `@@sql_mode`, `@OLD_SQL_MODE`."""
    left = [
        t for t in words[: _equals(words)] if not t.says("SESSION", "GLOBAL", "LOCAL", ".", ":")
    ]
    return "".join(t.text for t in left if t.kind in (TokenKind.WORD, TokenKind.MARK))
