"""A user's DAG from the file in the folder to its run's end, through the real Airflow; without a workspace."""

import io

import pytest
from rich.console import Console

from services.airflow.client import AirflowClient
from services.airflow.dag_run import run
from services.airflow.errors import AirflowError
from services.airflow.find_dag import find_dag
from services.airflow.rest import AirflowRest
from services.airflow.show import show
from services.settings import Settings
from services.stack.native.scratch import ScratchStack

WORKS = """\
from airflow import DAG
from airflow.operators.python_operator import PythonOperator
from airflow.utils.dates import days_ago

with DAG('works', start_date=days_ago(1), schedule_interval='@daily', catchup=False):
    PythonOperator(task_id='speak', python_callable=print, op_args=['hello'])
"""

FAILS = """\
from airflow import DAG
from airflow.operators.python_operator import PythonOperator

def fail():
    raise ValueError("there are no [bold]pins[/bold]")

with DAG('fails', schedule_interval=None, catchup=False):
    PythonOperator(task_id='clean', python_callable=fail)
"""

BROKEN = "from airflow import DAG\n\nwith DAG('broken', schedule_interval=None)\n    pass\n"


@pytest.fixture(scope="module")
def settings(airflow_stack: ScratchStack) -> Settings:
    """Airflow's settings, with three DAGs just put into the user's folder."""
    folder = airflow_stack.settings.user_dags_dir
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {"works": WORKS, "fails": FAILS, "broken": BROKEN}.items():
        (folder / f"{name}.py").write_text(text)
    return airflow_stack.settings


@pytest.fixture
def console() -> Console:
    """A console that writes into a string."""
    return Console(file=io.StringIO(), highlight=False, width=200)


def follow(settings: Settings, dag_id: str, console: Console) -> tuple[bool, str]:
    """Whether a run of the DAG succeeded, and what was printed."""
    airflow = AirflowClient(AirflowRest(settings))
    dag = find_dag(airflow, dag_id, settings, console.print)
    succeeded = run(airflow, dag, {}, timeout=120, console=console)
    assert isinstance(console.file, io.StringIO)
    return succeeded, console.file.getvalue()


def test_a_dag_for_airflow_2_is_found_and_runs_once(settings: Settings, console: Console) -> None:
    """Put, migrated, switched on; the run that its schedule has due is the only one."""
    succeeded, text = follow(settings, "works", console)
    assert succeeded
    assert "speak                   success" in text
    (only,) = AirflowRest(settings).call("GET", "/dags/works/dagRuns")["dag_runs"]
    assert only["run_type"] == "scheduled"


def test_a_failed_task_tells_its_exception(settings: Settings, console: Console) -> None:
    """With its text as it is."""
    succeeded, text = follow(settings, "fails", console)
    assert not succeeded
    assert "ValueError: there are no [bold]pins[/bold]" in text


def test_what_cannot_be_loaded_is_told_with_its_line(settings: Settings, console: Console) -> None:
    """By `make dag-run` as well as by `make airflow`, which shows what was changed in the others."""
    file = settings.user_dags_dir.resolve() / "broken.py"
    with pytest.raises(AirflowError, match=r"cannot load .*broken.py:3: SyntaxError: expected ':'"):
        follow(settings, "broken", console)
    show(AirflowClient(AirflowRest(settings)), settings, console)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert f"not loaded  {file}:3\n  SyntaxError: expected ':'" in text
    assert "+with DAG('fails', schedule=None, catchup=False):" in text
