"""The values of one row of an INSERT statement."""

from services.source.formats.dump.literals import (
    NotALiteralError,
    bytes_value,
    decoded,
    introduced,
    literal_value,
    string_value,
)
from services.source.formats.dump.statement import Statement
from services.source.formats.dump.tokens import TokenKind
from services.source.rows.values import quote_value

Values = list[str | int | None]


class _BrokenRowError(ValueError):
    """The row cannot be read."""


def row_values(statement: Statement, codec: str, *, backslash_escapes: bool) -> Values | str:
    """Step over a row's brackets and what is in them.

    Returns:
        The values, or the reason why they are none.
    """
    statement.advance()
    try:
        return _values(statement, codec, backslash_escapes=backslash_escapes)
    except (NotALiteralError, _BrokenRowError) as error:
        statement.skip_brackets(1)
        return str(error)


def _values(statement: Statement, codec: str, *, backslash_escapes: bool) -> Values:
    values: Values = []
    while not statement.take(")"):
        values.append(_literal(statement, codec, backslash_escapes=backslash_escapes))
        token = statement.token
        if not statement.take(",") and token is not None and not token.says(")"):
            raise NotALiteralError(
                f"{quote_value(token.text)} follows a value: an expression, not a value"
            )
    return values


def _literal(statement: Statement, codec: str, *, backslash_escapes: bool) -> str | int | None:
    said = introduced(statement.token) if statement.token else None
    if said:
        statement.advance()
    token = statement.token
    if token is None:
        raise _BrokenRowError("the statement ends in the middle of this row")
    if token.kind is TokenKind.STRING:
        value: str | int | None = decoded(
            string_value(token.text, backslash_escapes=backslash_escapes), codec
        )
    elif token.kind in (TokenKind.HEX, TokenKind.BITS):
        value = bytes_value(token, said)
    else:
        value = literal_value(token)
    statement.advance()
    return value
