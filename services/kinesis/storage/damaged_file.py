"""The error for a file of the engine's own that is not what was written."""

from pathlib import Path


class DamagedFileError(Exception):
    """The message names the file and says what to do."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(
            f"{path}: {problem}. Acknowledged records are at stake, so nothing was repaired: restore the "
            "file from a copy, or delete its stream's folder to give its records up "
            "(docs/reliability.md says how to keep those before the damage)."
        )
        self.path = path
