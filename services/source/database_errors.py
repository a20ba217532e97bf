"""Database errors explained: what MySQL refused or did not answer, and what a person does next."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError


class SourceError(Exception):
    """Work on the source database failed; the message says why and what to do."""


_HINTS = {
    1044: "This account may not use the database; `make up` sets its rights anew.",
    1045: "MySQL refuses the user or the password; `make up` sets them anew from .env.",
    1049: "The database does not exist; `make up` creates it.",
    1142: "This account may only read; loading takes MYSQL_USER, not the reader.",
    1146: "A table is missing; run `make load`.",
    1205: "Another session holds the tables; end its transaction and try again.",
    2003: "Nothing answers there; start the stack with `make up`, and look at `make status`.",
    2013: "The connection broke in the middle; look at `make logs`, then try again.",
}
"""What to do next, by MySQL's error number."""


def _explain(error: SQLAlchemyError, url: URL) -> str:
    cause = getattr(error, "orig", None)
    arguments = getattr(cause, "args", ())
    number = arguments[0] if arguments else None
    text = arguments[-1] if arguments else error
    hint = _HINTS.get(number, "") if isinstance(number, int) else ""
    return f"MySQL at {url.host}:{url.port}, database {url.database}: {text}. {hint}".rstrip()


@contextmanager
def explain_errors(url: URL) -> Iterator[None]:
    """Turn what SQLAlchemy raises inside into a SourceError.

    Raises:
        SourceError: the database did not answer or refused the work.
    """
    try:
        yield
    except SQLAlchemyError as error:
        raise SourceError(_explain(error, url)) from error
