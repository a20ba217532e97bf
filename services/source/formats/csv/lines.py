"""A text file's lines, with a look ahead and a way back."""

import io
from collections.abc import Iterator
from itertools import chain
from typing import TextIO

from services.source.rows.raw_rows import UnreadableFileError

_SAMPLE = 1 << 18
"""Characters that are looked at before the first row is read."""

_LONGEST = 1 << 25
"""Characters of a line; MySQL's packets hold 16 MB."""


def sampled(file: TextIO) -> tuple[str, Iterator[str]]:
    """The beginning of a file, and all of its lines with their ends."""
    sample = file.read(_SAMPLE)
    known = io.StringIO(sample, newline="").readlines()
    last = known.pop() if known and len(sample) == _SAMPLE else ""
    return sample, chain(known, _joined(last, bounded_lines(file)))


def _joined(start: str, rest: Iterator[str]) -> Iterator[str]:
    """The line that begins with `start`, and those behind it."""
    if start:
        yield start + ("" if start.endswith("\n") else next(rest, ""))
    yield from rest


def bounded_lines(file: TextIO) -> Iterator[str]:
    """The lines, with their ends; a packed file that is one endless line does not fill the memory.

    Raises:
        UnreadableFileError: a line is too long.
    """
    while line := file.readline(_LONGEST):
        if len(line) == _LONGEST:
            raise UnreadableFileError(f"a line has more than {_LONGEST:,} characters; no row has")
        yield line


class ReplayableLines(Iterator[str]):
    """Lines, with a way back to where a row began.

    A quote that is never closed swallows the lines that follow it. Those must get their own
    chance, so the reader goes back to the line after the one that began the broken row.
    """

    def __init__(self, lines: Iterator[str], number: int = 0) -> None:
        self._rest = lines
        self._taken: list[str] = []
        self._again: list[str] = []
        self.number = number

    def __next__(self) -> str:
        line = self._again.pop() if self._again else next(self._rest)
        self._taken.append(line)
        self.number += 1
        return line

    def mark(self) -> None:
        """Begin a row here."""
        self._taken.clear()

    def back(self, skipped: int) -> None:
        """Return to the mark, or to so many lines behind it."""
        again = self._taken[skipped:]
        self._again.extend(reversed(again))
        self.number -= len(again)
        self.mark()
