"""Where a native stack keeps its things: the state folder's layout."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """Where a native stack keeps its things, all below one folder."""

    state: Path

    @property
    def run(self) -> Path:
        """Configuration files and pids; written anew at every start."""
        return self.state / "run"

    @property
    def logs(self) -> Path:
        """One log file a service."""
        return self.state / "logs"

    @property
    def data(self) -> Path:
        """What the services store."""
        return self.state / "data"

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"
