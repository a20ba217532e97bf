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
    if isinstance(error, KeyError) and _is_of_environment(error):
        return f"{error.args[0]} is set nowhere. Set it: {error.args[0]}=… {_command(context, '')}"
    if context.configuration.write or not _may_be_ours(error):
        return None
    if not context.offered and not context.unknown:
        return None
    return _not_guessed(error, context) or _write_it(context)


def _may_be_ours(error: BaseException) -> bool:
    """What scripts end with when a key is missing, or of another kind than they expect."""
    kinds = (KeyError, ImportError, AttributeError, TypeError, ValueError, IndexError)
    names = {kind.__name__ for kind in type(error).__mro__}
    return isinstance(error, kinds) or bool(
        names & {"UndefinedValueError", "NoOptionError", "NoSectionError"}
    )


def _not_guessed(error: BaseException, context: ProcessContext) -> str | None:
    """Which key of which file, where one was asked for that says nothing to us."""
    if not context.unknown:
        return None
    named = {
        place for key, places in context.unknown.items() if key in str(error) for place in places
    }
    every = {place for places in context.unknown.values() for place in places}
    return (
        f"{', '.join(sorted(named or every))} cannot be guessed. `{_command(context)}` writes the file with the "
        "local values, and blanks for you to fill in"
    )


def _is_of_environment(error: BaseException) -> bool:
    """Whether `os.environ` has raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_globals.get("__name__") == "os"


def _command(context: ProcessContext, option: str = " WRITE_CONFIG=1") -> str:
    return f"make run SCRIPT={context.configuration.script or '<script>'}{option}"


def _write_it(context: ProcessContext) -> str:
    ours = context.configuration
    return (
        "what was offered for a missing file may not be what the script expects. "
        f"`{_command(context)}` writes the file for you to edit: MySQL is "
        f"{ours.mysql.host}:{ours.mysql.port}, database {ours.mysql.database}, user {ours.mysql.user}, password "
        f"MYSQL_READER_PASSWORD of the project's .env; the API's URL is {ours.gateway_url}"
    )
