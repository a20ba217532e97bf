"""What to do about errors that scripts commonly end with on another machine than their author's."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .process_context import ProcessContext


def offer(context: ProcessContext) -> None:
    """Say it below the traceback, which stays Python's own."""
    original = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        original(kind, error, trace)
        found = hint(error, context)
        if found:
            context.say(found, key=found)

    sys.excepthook = hook


def hint(error: BaseException, context: ProcessContext) -> str | None:
    """One sentence for the user, or None where Python has said all there is to say."""
    python = ".".join(map(str, sys.version_info[:2]))
    if isinstance(error, ModuleNotFoundError) and error.name:
        return (
            f"{error.name} is neither beside the script nor installed for {sys.executable}. A package: name a "
            "Python that has it, INTERPRETER=<your venv>/bin/python. A file of yours: put it beside the script."
        )
    if isinstance(error, SyntaxError):
        return (
            f"this is Python {python}; for a script of a later one, name it: INTERPRETER=python3.13"
        )
    if not context.offered or not isinstance(
        error, (KeyError, ImportError, AttributeError, TypeError)
    ):
        return None
    ours = context.configuration
    return (
        "what was offered for a missing file may not be what the script expects. Write the file: MySQL is "
        f"{ours.mysql.host}:{ours.mysql.port}, database {ours.mysql.database}, user {ours.mysql.user}, password "
        f"MYSQL_READER_PASSWORD of the project's .env; the API's URL is {ours.gateway_url}"
    )
