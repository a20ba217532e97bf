"""Our own DAG and the users' DAGs, loaded by the real Airflow, without a server."""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.settings import Settings
from services.setup.environment import ensure_environment
from services.stack.layout import Layout
from services.stack.native.airflow_process.component import environment

READER = Path(__file__).with_name("read_bundle.py")

FILES = {
    "course.py": """\
from airflow import DAG
from airflow.providers.databricks.operators.databricks import DatabricksSubmitRunOperator, DatabricksRunNowOperator
from airflow.utils.dates import days_ago
from datetime import datetime, timedelta

notebook_task = {'notebook_path': '/Users/someone@example.com/Mount S3 & Query'}
default_args = {'owner': 'someone', 'retries': 1, 'retry_delay': timedelta(minutes=2)}

with DAG('0abc12345678_dag',
    start_date=days_ago(1),
    schedule_interval='@daily',
    catchup=False,
    default_args=default_args
    ) as dag:
    opr_submit_run = DatabricksSubmitRunOperator(
        task_id='submit_run',
        databricks_conn_id='databricks_default',
        existing_cluster_id='1108-162752-8okw8dgg',
        notebook_task=notebook_task
    )
    opr_submit_run
""",
    "helpers/names.py": "NAME = 'with_helper'\n",
    "old.py": """\
from datetime import datetime, timedelta
from airflow.models import DAG
from airflow.operators.dummy_operator import DummyOperator
from airflow.operators.python_operator import (
    PythonOperator,
    BranchPythonOperator,
)
from airflow.operators.bash_operator import BashOperator
from airflow.sensors.base_sensor_operator import BaseSensorOperator
from airflow.hooks.base_hook import BaseHook
from airflow.utils import dates
from airflow.utils.helpers import chain
from airflow.utils.task_group import TaskGroup
from airflow.datasets import Dataset
from airflow.contrib.operators.databricks_operator import DatabricksSubmitRunOperator
from helpers.names import NAME

dag = DAG(NAME, start_date=dates.days_ago(2, hour=3), schedule_interval=timedelta(days=1), concurrency=2,
          default_view='tree', orientation='LR', default_args={'provide_context': True})
first = DummyOperator(task_id='first', dag=dag)
second = PythonOperator(task_id='second', python_callable=print, provide_context=True, dag=dag)
third = BashOperator(task_id='third', bash_command='echo {{ execution_date }}', sla=timedelta(hours=1), dag=dag)
chain(first, second, third)
""",
    "own_id.py": """\
from airflow import DAG
from datetime import datetime
with DAG('0a1b2c3d4e5f_dag', start_date=datetime(2023, 9, 1), schedule_interval=None): pass
""",
    "second.py": """\
from airflow import DAG
with DAG('0abc12345678_dag', schedule=None): pass
""",
    "broken.py": "from airflow import DAG\n\nwith DAG('broken', schedule_interval='@daily'\n",
    "missing.py": "from airflow import DAG\n\nimport nothing_of_the_kind\n",
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """What Airflow makes of our bundle and of a user's folder; one start of its Python for all."""
    folder = tmp_path_factory.mktemp("airflow")
    for name, text in FILES.items():
        (folder / "user" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "user" / name).write_text(text)
    settings = Settings(
        state_dir=folder / "state", user_dags_dir=folder / "user", user_id="0a1b2c3d4e5f"
    )
    done = subprocess.run(
        [ensure_environment("airflow"), READER, "pincloud", "user"],
        env=environment(settings, Layout(folder / "state")),
        stdout=subprocess.PIPE,
        stderr=sys.stderr,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def test_our_dag_cleans_the_tables_side_by_side_between_waiting_and_answers(
    loaded: Mapping[str, Any],
) -> None:
    """Wait for objects → clean pin, geo, user → answers → data checks → report, daily; nothing else is a DAG."""
    assert loaded["pincloud"]["errors"] == {}
    assert list(loaded["pincloud"]["dags"]) == ["0a1b2c3d4e5f_dag"]
    dag = loaded["pincloud"]["dags"]["0a1b2c3d4e5f_dag"]
    cleans = ["clean_geo", "clean_pin", "clean_user"]
    assert dag["schedule"] == "0 0 * * *"
    assert dag["tasks"] == {
        "wait_for_objects": cleans,
        **{clean: ["answers"] for clean in cleans},
        "answers": ["data_checks"],
        "data_checks": ["report"],
        "report": [],
    }


def test_the_courses_dag_is_loaded(loaded: Mapping[str, Any]) -> None:
    """Its schedule and its day of beginning are as they were meant."""
    dag = loaded["user"]["dags"]["0abc12345678_dag"]
    assert dag["tasks"] == {"submit_run": []}
    assert dag["schedule"] == "0 0 * * *"
    begins = datetime.fromisoformat(dag["start"])
    assert (begins.hour, begins.minute) == (0, 0)
    assert timedelta(days=1) <= datetime.now(UTC) - begins <= timedelta(days=3)


def test_a_dag_of_airflow_1_and_2_is_loaded_with_its_helper(loaded: Mapping[str, Any]) -> None:
    """Everything that ruff mends, that it leaves to people, and a module of the user's beside it."""
    assert "old.py" not in loaded["user"]["errors"]
    dag = loaded["user"]["dags"]["with_helper"]
    assert dag["tasks"] == {"first": ["second"], "second": ["third"], "third": []}
    assert datetime.fromisoformat(dag["start"]).hour == 3


def test_a_dag_with_our_id_gets_one_beside_ours(loaded: Mapping[str, Any]) -> None:
    """Airflow would show now ours, now the user's."""
    assert "0a1b2c3d4e5f_dag_user" in loaded["user"]["dags"]


@pytest.mark.parametrize(
    ("file", "line", "message"),
    [
        ("broken.py", 3, "SyntaxError: '(' was never closed"),
        ("missing.py", 3, "ModuleNotFoundError: No module named 'nothing_of_the_kind'"),
        ("second.py", None, "The DAG id '0abc12345678_dag' is already that of 'course.py'"),
    ],
)
def test_what_cannot_be_loaded_says_why_and_where(
    loaded: Mapping[str, Any], file: str, line: int | None, message: str
) -> None:
    """The line is that of the user's own file; the others are loaded all the same."""
    error = loaded["user"]["errors"][file]
    assert message in error
    assert line is None or f'{file}", line {line}' in error
    assert set(loaded["user"]["errors"]) == {"broken.py", "missing.py", "second.py"}
