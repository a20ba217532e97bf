"""A `%sql` cell's text, split at its `;` into statements; what of it is code, quoted or comment."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
      (?P<line_comment>   --(?:\\\n|[^\n])*                        )
    | (?P<open_comment>   /\*                                      )
    | (?P<raw>            (?<!\w)[rR](?:'[^']*(?:'|\Z)|"[^"]*(?:"|\Z)) )
    | (?P<quoted>         '(?:[^'\\]|\\.)*(?:'|\Z)
                        | "(?:[^"\\]|\\.)*(?:"|\Z)
                        | `[^`]*(?:`|\Z)                           )
    | (?P<end>            ;                                        )
    | (?P<code>           \w+ | .                                  )
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_COMPOUND = re.compile(r"\s*BEGIN\b(?!\s+TRANSACTION\b)", re.IGNORECASE)
"""A script of Spark's own, which holds `;` and is sent whole."""


@dataclass(frozen=True)
class SqlToken:
    """A piece of SQL: `code`, `quoted`, `comment` or `end` (the `;`)."""

    kind: str
    text: str
    start: int


def tokens(text: str) -> Iterator[SqlToken]:
    """The pieces of the text, nothing left out; what is not closed goes to the end, and Spark will say so."""
    position = 0
    while match := _TOKEN.match(text, position):
        kind, end = str(match.lastgroup), match.end()
        if kind == "open_comment":
            end = _comment_end(text, end)
        yield SqlToken(_KINDS.get(kind, kind), text[position:end], position)
        position = end


_KINDS = {"line_comment": "comment", "open_comment": "comment", "raw": "quoted"}


def _comment_end(text: str, inside: int) -> int:
    """Where a comment ends whose first `/*` was read; Spark's comments nest."""
    depth = 1
    for edge in _COMMENT_EDGE.finditer(text, inside):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    return len(text)


def split_statements(text: str) -> list[str]:
    """The statements, in order, without their `;`; those of blanks and comments alone are left out."""
    statements, parts = [], list[SqlToken]()
    for token in tokens(text):
        if token.kind == "end" and not _COMPOUND.match(_code(parts)):
            statements.append(parts)
            parts = []
        else:
            parts.append(token)
    return [_text(parts) for parts in [*statements, parts] if _code(parts).strip()]


def _code(parts: list[SqlToken]) -> str:
    return "".join(part.text for part in parts if part.kind != "comment")


def _text(parts: list[SqlToken]) -> str:
    return "".join(part.text for part in parts).strip()
