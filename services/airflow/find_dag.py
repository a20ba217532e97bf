"""The DAG that was asked for, as its file is now: Airflow reads a file only seconds after it was put or changed."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from services.airflow.client import AirflowClient
from services.airflow.errors import AirflowError, AirflowNotFoundError
from services.airflow.models import Dag, ImportFailure
from services.settings import Settings

_USERS = "user"
_SECONDS = 60
_POLL_SECONDS = 0.5


def find_dag(
    airflow: AirflowClient, dag_id: str, settings: Settings, say: Callable[[str], None]
) -> Dag:
    """The DAG, once Airflow has read what its file holds now.

    Raises:
        AirflowError: there is no such DAG, or its file cannot be loaded.
    """
    deadline = time.monotonic() + _SECONDS
    announced = False
    while time.monotonic() < deadline:
        dag = _loaded(airflow, dag_id)
        files = list(_files(dag, dag_id, settings))
        if dag and all(_changed(file) <= dag.parsed for file in files):
            return dag
        _give_up_on_errors(airflow, files, settings)
        if not dag and not files and dag_id != f"{settings.user_id}_dag":
            raise AirflowError(_no_such_dag(airflow, dag_id))
        if not announced:
            say(f"Waiting until Airflow has read {dag_id} …")
            announced = True
        time.sleep(_POLL_SECONDS)
    raise AirflowError(
        f"Airflow has not read {dag_id} within {_SECONDS} s. `make airflow` shows what it has, "
        "`make logs SERVICE=airflow_dags` what it does."
    )


def _loaded(airflow: AirflowClient, dag_id: str) -> Dag | None:
    """What Airflow has; not a DAG whose file is gone."""
    try:
        dag = airflow.dag(dag_id)
    except AirflowNotFoundError:
        return None
    return None if dag.stale else dag


def _files(dag: Dag | None, dag_id: str, settings: Settings) -> Iterator[Path]:
    """The user's file that holds the DAG, or those that seem to."""
    folder = settings.user_dags_dir
    if dag:
        candidates = [folder / dag.file] if dag.bundle == _USERS else []
    else:
        candidates = [file for file in folder.rglob("*.py") if _names(file, dag_id)]
    return (file for file in candidates if file.is_file())


def _names(file: Path, dag_id: str) -> bool:
    try:
        return dag_id.encode() in file.read_bytes()
    except OSError:
        return False


def _changed(file: Path) -> float:
    return file.stat().st_mtime


def _give_up_on_errors(airflow: AirflowClient, files: list[Path], settings: Settings) -> None:
    """Stop waiting for a file that Airflow has tried to read as it is now."""
    for failure in airflow.import_failures():
        file = settings.user_dags_dir / failure.file
        if failure.bundle == _USERS and file in files and failure.seen >= _changed(file):
            said = f"Airflow cannot load {_location(file, failure)}: {failure.message}"
            raise AirflowError(f"{said}\n{failure.advice}".rstrip())


def _location(file: Path, failure: ImportFailure) -> str:
    return f"{file}:{failure.line}" if failure.line else str(file)


def _no_such_dag(airflow: AirflowClient, dag_id: str) -> str:
    existing = ", ".join(repr(dag.dag_id) for dag in airflow.dags()) or "none yet"
    count = len(airflow.import_failures())
    files = "file" if count == 1 else "files"
    hint = f" {count} {files} could not be loaded: `make airflow` shows why." if count else ""
    return f"Airflow has no DAG {dag_id!r}. It has: {existing}.{hint}"
