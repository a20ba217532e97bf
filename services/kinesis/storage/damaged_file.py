"""What can be wrong with the engine's own files."""

from pathlib import Path


class DamagedFileError(Exception):
    """A file is not what the engine wrote; the message names it and says what to do."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(
            f"{path}: {problem}. Acknowledged records are at stake, so nothing was repaired: restore the "
            "file from a copy, or delete its stream's folder to give its records up."
        )
        self.path = path
