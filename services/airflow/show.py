"""`make airflow`: where Airflow is, what it has, and what it could not load."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from services.airflow.changes import Change, changes
from services.airflow.client import AirflowClient
from services.airflow.models import Dag, ImportFailure
from services.airflow.terminal import state
from services.settings import PROJECT_ROOT, Settings, env_file
from services.terminal import plain
from services.terminal_text import escaped

_SHOWN_LINES = 12


def show(airflow: AirflowClient, settings: Settings, console: Console) -> None:
    """Print all of it.

    Raises:
        AirflowError: Airflow does not answer or refuses.
    """
    dags, failures = airflow.dags(), airflow.import_failures()
    _say_login(settings, console)
    console.print(_dag_table(airflow, dags, settings))
    for failure in failures:
        _say_failure(failure, settings, console)
    for change in changes(settings, airflow, dags):
        _say_change(change, settings, console)
    console.print(
        f"\nYour DAGs go into {_short(settings.user_dags_dir)}/; Airflow sees them within some ten "
        "seconds. `make dag-run DAG=<id>` runs one.",
        style="dim",
        markup=False,
        soft_wrap=True,
    )


def _say_login(settings: Settings, console: Console) -> None:
    """The password itself only where no file or pipe keeps it."""
    password = settings.airflow_password.get_secret_value() if console.is_terminal else "…"
    console.print(
        Text.assemble(
            ("Airflow", "bold"),
            f"   {settings.airflow_url}\n",
            f"login     {settings.airflow_user}  {password}",
            (f"  (AIRFLOW_PASSWORD in {_short(env_file())})\n", "dim"),
        ),
        soft_wrap=True,
    )


def _dag_table(airflow: AirflowClient, dags: Sequence[Dag], settings: Settings) -> Table:
    table = Table("dag", "is", "schedule", "last run", "file", box=None, pad_edge=False)
    for dag in dags:
        last = airflow.last_run(dag.dag_id)
        table.add_row(
            plain(dag.dag_id, "bold"),
            "paused" if dag.paused else "on",
            plain(dag.schedule),
            state(last.state) if last else plain("never", "dim"),
            _path(_original(dag.bundle, dag.file, settings)),
        )
    return table


def _say_failure(failure: ImportFailure, settings: Settings, console: Console) -> None:
    file = _original(failure.bundle, failure.file, settings)
    location = f"{file}:{failure.line}" if failure.line else file
    console.print(
        Text.assemble(
            ("\nnot loaded  ", "bold red"), escaped(location), f"\n  {escaped(failure.message)}"
        ),
        soft_wrap=True,
    )
    if failure.advice:
        console.print(plain(f"  {failure.advice}", "dim"), soft_wrap=True)


def _say_change(change: Change, settings: Settings, console: Console) -> None:
    file = _original("user", change.file.as_posix(), settings)
    console.print(
        Text.assemble(("\nmigrated  ", "bold yellow"), escaped(file), (" (as served)", "dim")),
        soft_wrap=True,
    )
    for line in change.diff[:_SHOWN_LINES]:
        style = {"+": "green", "-": "red"}.get(line[:1], "dim")
        console.print(plain(f"  {line}", style), soft_wrap=True)
    if len(change.diff) > _SHOWN_LINES:
        console.print(plain(f"  … {len(change.diff) - _SHOWN_LINES} more lines", "dim"))


def _path(file: str) -> Text:
    """A cell that shows the whole path, in several lines if need be."""
    cell = plain(file)
    cell.overflow = "fold"
    return cell


def _original(bundle: str, file: str, settings: Settings) -> str:
    """The file that a person would open: the user's own, not the copy."""
    folder = settings.user_dags_dir if bundle == "user" else PROJECT_ROOT / "airflow" / "dags"
    return _short(folder / file)


def _short(path: Path) -> str:
    """From where the command runs, when it lies below."""
    path = path.resolve()
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
