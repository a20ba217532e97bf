"""An error as the notebook's author should read it: Python's own form, with no frame of the machinery."""

import contextlib
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import grpc
import ipykernel
import IPython
import pyspark
from pyspark.errors import PySparkException

from services.workspace import driver_files
from services.workspace.kernel.spark.error_messages import (
    SparkUnavailableError,
    is_session_lost,
    short_message,
)

Naming = Callable[[str], str]
"""A code's file name → what a person calls it."""


def _folder(module: ModuleType) -> str:
    return f"{Path(str(module.__file__)).parent}/"


_MACHINERY = (
    *map(_folder, (IPython, ipykernel, pyspark, grpc)),
    f"{Path(__file__).parents[1]}/",
    _folder(driver_files),
    str(contextlib.__file__),
)

_CAUSED = "\nThe above exception was the direct cause of the following exception:\n"
_MEANWHILE = "\nDuring handling of the above exception, another exception occurred:\n"


class ErrorSummary(NamedTuple):
    """An error in the form that leaves the kernel: its class' name and what it says to people."""

    name: str
    message: str


def summarize(error: BaseException) -> ErrorSummary:
    """What an error is and says; of Spark's the part that is meant for people."""
    if isinstance(error, ModuleNotFoundError) and error.name:
        return ErrorSummary(type(error).__name__, f"{_text(error)}. {_missing(error.name)}")
    if not isinstance(error, PySparkException | grpc.RpcError):
        return ErrorSummary(type(error).__name__, _text(error))
    name = SparkUnavailableError.__name__ if is_session_lost(error) else type(error).__name__
    return ErrorSummary(name, short_message(error))


def _missing(module: str) -> str:
    """What a user can do about a module that cannot be imported."""
    package = module.partition(".")[0]
    return (
        f"A package: add it with {sys.executable} -m pip install {package}, or the name that it has there. "
        "A file of yours: put it beside the notebook."
    )


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as failure:  # a user's own __str__ may raise anything
        return f"(its text cannot be made: {type(failure).__name__})"


def format_error(error: BaseException, naming: Naming = str) -> list[str]:
    """The traceback, a text for each frame, of the whole chain, the first cause first."""
    return [text for link, heading in _chain(error) for text in _format_one(link, heading, naming)]


def _chain(error: BaseException) -> list[tuple[BaseException, str]]:
    """The exceptions that led to this one, each with the sentence that leads to the next."""
    links, seen = [(error, "")], {id(error)}
    while (before := _preceding(links[0][0])) and id(before[0]) not in seen:
        seen.add(id(before[0]))
        links.insert(0, before)
    return links


def _preceding(error: BaseException) -> tuple[BaseException, str] | None:
    if error.__cause__:
        return error.__cause__, _CAUSED
    if error.__context__ and not error.__suppress_context__:
        return error.__context__, _MEANWHILE
    return None


def _format_one(error: BaseException, heading: str, naming: Naming) -> Iterator[str]:
    frames = [
        _renamed(f, naming) for f in traceback.extract_tb(error.__traceback__) if _is_user_frame(f)
    ]
    if frames:
        yield "Traceback (most recent call last):"
    yield from (text.rstrip("\n") for text in traceback.StackSummary.from_list(frames).format())
    yield "".join(_last(error, naming)).rstrip("\n")
    if heading:
        yield heading


def _is_user_frame(frame: traceback.FrameSummary) -> bool:
    return not frame.filename.startswith(_MACHINERY)


def _renamed(frame: traceback.FrameSummary, naming: Naming) -> traceback.FrameSummary:
    frame.line  # noqa: B018 - looked up by the code's name, before it has another
    frame.filename = naming(frame.filename)
    return frame


def _last(error: BaseException, naming: Naming) -> list[str]:
    if isinstance(error, SyntaxError):
        error.filename = naming(error.filename or "<unknown>")
        return traceback.format_exception_only(type(error), error)
    notes = [f"{note}\n" for note in getattr(error, "__notes__", ())]
    name, text = summarize(error)
    return [f"{name}{': ' if text else ''}{text}\n", *notes, *_members(error, naming)]


def _members(error: BaseException, naming: Naming) -> list[str]:
    """The exceptions of a group, indented."""
    if not isinstance(error, BaseExceptionGroup):
        return []
    texts = (text for member in error.exceptions for text in format_error(member, naming))
    return [f"  | {line}\n" for text in texts for line in text.splitlines()]
