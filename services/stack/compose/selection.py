"""Which services of `docker-compose.yml` an `up` wants: PROFILE and WORKERS, remembered for what follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.files import private_folder

EXTRAS = ("cluster", "notebooks", "confluent")
"""Profiles of the file, on top of the full stack."""

_VARIABLES: Mapping[str, Mapping[str, str]] = {
    "cluster": {"SPARK_MASTER": "spark://spark-master:7077"},
    "confluent": {"KAFKA_REST_URL": "http://kafka-rest:8082"},
}
"""What other services must be told while a profile is on."""

_WORKERS = "workers"
_WORKER = "spark-worker"
_FULL_ONLY = ("workspace", "airflow")
"""How the names of those services begin that `core` does without."""


class SelectionError(RuntimeError):
    """There is no such profile; the message lists those that there are."""


@dataclass(frozen=True)
class Selection:
    """A choice of services.

    Attributes:
        base: `core` or `full`.
        extras: Profiles on top of it.
        workers: Of the cluster; 0 for as many as the file has.
    """

    base: str = "full"
    extras: frozenset[str] = frozenset()
    workers: int = 0

    @classmethod
    def parse(cls, text: str) -> "Selection":
        """Read `full,cluster,workers=2`; an extra alone is the full stack with it.

        Raises:
            SelectionError: a word is no profile.
        """
        words = [word.strip() for word in text.split(",") if word.strip()]
        numbers = [word.partition("=")[2] for word in words if word.startswith(f"{_WORKERS}=")]
        names = {word for word in words if "=" not in word}
        if unknown := names - {"core", "full", *EXTRAS}:
            raise SelectionError(
                f"There is no profile {', '.join(sorted(unknown))}. There are: core, full, {', '.join(EXTRAS)}."
            )
        base = "core" if "core" in names and "full" not in names else "full"
        return cls(base, frozenset(names & set(EXTRAS)), int(numbers[-1]) if numbers else 0)

    def __str__(self) -> str:
        """The text that `parse` reads."""
        workers = [f"{_WORKERS}={self.workers}"] if self.workers else []
        return ",".join([self.base, *sorted(self.extras), *workers])

    def joined(self, running: "Selection") -> "Selection":
        """What is wanted and what runs: an `up` never takes a running service away."""
        base = "full" if "full" in {self.base, running.base} else "core"
        return Selection(base, self.extras | running.extras, self.workers or running.workers)

    @property
    def variables(self) -> dict[str, str]:
        return {k: v for extra in sorted(self.extras) for k, v in _VARIABLES.get(extra, {}).items()}

    @property
    def scale(self) -> dict[str, int]:
        """Service → number of containers, where it is not the file's."""
        return {_WORKER: self.workers} if self.workers and "cluster" in self.extras else {}

    def includes(self, service: str) -> bool:
        """Whether a service of the profiles that are on is wanted."""
        return self.base == "full" or not service.startswith(_FULL_ONLY)


def remembered(state: Path) -> Selection:
    """That of the last `up`; the full stack when there was none, or it left something unreadable."""
    try:
        return Selection.parse(_file(state).read_text(encoding="ascii"))
    except (OSError, ValueError, SelectionError):
        return Selection()


def remember(state: Path, selection: Selection) -> None:
    """Keep it for the commands that follow."""
    private_folder(state)
    _file(state).write_text(str(selection), encoding="ascii")


def _file(state: Path) -> Path:
    return state / "profile"
