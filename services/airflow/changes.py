"""What was changed in the user's DAGs before Airflow read them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services.settings import Settings

_HEADER_LINES = 2


@dataclass(frozen=True)
class Change:
    """The migration of one file.

    Attributes:
        file: Its path in the user's folder.
        diff: Unified, without its two header lines.
    """

    file: Path
    diff: tuple[str, ...]


def changes(settings: Settings) -> Iterator[Change]:
    """Every file that Airflow reads as a migrated copy; the plugin `user_dags` writes these."""
    folder = settings.state_dir.resolve() / "airflow" / "bundles" / "user" / "changes"
    for file in sorted(folder.rglob("*.diff")):
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        yield Change(file.relative_to(folder).with_suffix(""), tuple(lines[_HEADER_LINES:]))
