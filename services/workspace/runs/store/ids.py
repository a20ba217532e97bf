"""Ids of jobs, runs, attempts and repairs: one ascending sequence, which survives restarts."""

from pathlib import Path

from services.files import write_private


class IdSequence:
    """Gives numbers that were never given before, also when what they named was deleted."""

    def __init__(self, file: Path, at_least: int) -> None:
        """Go on after what the file says, or after `at_least` should the file be lost."""
        self._file = file
        text = file.read_text(encoding="utf-8").strip() if file.exists() else ""
        self._last = max(int(text) if text.isdecimal() else 0, at_least)

    def take(self, count: int = 1) -> range:
        """The next numbers; noted on disk before they are used."""
        first = self._last + 1
        self._last += count
        write_private(self._file, str(self._last))
        return range(first, first + count)

    def next_id(self) -> int:
        return self.take()[0]
