"""What the user says about the data where the data does not say it."""

import codecs
from argparse import ArgumentTypeError
from dataclasses import dataclass

from services.tables import BY_NAME, TABLES, Table


@dataclass(frozen=True)
class LoadOptions:
    """Decides what is ambiguous; None where the data decides.

    Attributes:
        delimiter: Between the fields of a CSV file.
        encoding: Python's name of the files' encoding.
        database: Which one of a dump's databases.
        table: Which table the data is, whatever its name.
        day_first: Whether 01/02/2023 is the first of February.
    """

    delimiter: str | None = None
    encoding: str | None = None
    database: str | None = None
    table: Table | None = None
    day_first: bool | None = None


NO_OPTIONS = LoadOptions()

_NAMED = {"tab": "\t", r"\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}
_FLAGS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def delimiter(text: str) -> str | None:
    """A delimiter as it is written on a command line.

    Raises:
        ArgumentTypeError: it is no single character.
    """
    found = _NAMED.get(text.lower(), text)
    if len(found) > 1:
        raise ArgumentTypeError(f"{text!r} is not one character, nor tab, comma, semicolon, pipe")
    return found or None


def encoding(text: str) -> str | None:
    """The name of an encoding.

    Raises:
        ArgumentTypeError: Python knows none of that name.
    """
    try:
        return codecs.lookup(text).name if text else None
    except LookupError:
        raise ArgumentTypeError(f"{text!r} is no encoding; cp1252 and latin-1 are") from None


def table_name(text: str) -> Table | None:
    """A table by its short name, or by its name in MySQL.

    Raises:
        ArgumentTypeError: there is none of that name.
    """
    known = BY_NAME | {table.source: table for table in TABLES}
    if text and text.lower() not in known:
        raise ArgumentTypeError(f"{text!r} is no table; there are {', '.join(BY_NAME)}")
    return known.get(text.lower())


def flag(text: str) -> bool | None:
    """Yes or no.

    Raises:
        ArgumentTypeError: it is neither.
    """
    if text and text.lower() not in _FLAGS:
        raise ArgumentTypeError(f"{text!r} is neither 1 nor 0")
    return _FLAGS.get(text.lower())
