"""What was changed in the user's DAGs before Airflow read them; the plugin `user_dags` tells it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from services.airflow.client import AirflowClient
from services.airflow.models import Dag
from services.settings import Settings

_HEADER_LINES = 2
_BEGINNING = "# Migrated from Airflow 2; "
"""Of the comment at the end of a migrated copy."""


@dataclass(frozen=True)
class Change:
    """The migration of one file.

    Attributes:
        file: Its path in the user's folder.
        diff: Unified, without its two header lines.
    """

    file: Path
    diff: tuple[str, ...]


def changes(settings: Settings, airflow: AirflowClient, dags: Iterable[Dag]) -> Iterator[Change]:
    """Every file that Airflow reads as a migrated copy.

    Airflow in containers keeps the copies to itself, and shows only those that it could load.
    """
    folder = settings.state_dir.resolve() / "airflow" / "bundles" / "user" / "changes"
    return _kept(folder) if folder.exists() else _served(airflow, dags)


def _kept(folder: Path) -> Iterator[Change]:
    for file in sorted(folder.rglob("*.diff")):
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        yield Change(file.relative_to(folder).with_suffix(""), tuple(lines[_HEADER_LINES:]))


def _served(airflow: AirflowClient, dags: Iterable[Dag]) -> Iterator[Change]:
    one_of_each = {dag.file: dag.dag_id for dag in dags if dag.bundle == "user" and not dag.stale}
    for file, dag_id in sorted(one_of_each.items()):
        if diff := _comment(airflow.source(dag_id)):
            yield Change(Path(file), diff)


def _comment(source: str) -> tuple[str, ...]:
    """The lines of the comment at the copy's end."""
    _, found, comment = source.rpartition(f"\n{_BEGINNING}")
    lines = comment.splitlines()[1:] if found else []
    return tuple(line.removeprefix("# ") for line in lines if line.startswith("# "))
