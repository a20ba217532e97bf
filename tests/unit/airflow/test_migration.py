"""DAGs written for Airflow 2 become DAGs for Airflow 3, line by line."""

import ast

import pytest
from dag_migration.migrate import migrate

COURSE = """\
from airflow import DAG
from airflow.providers.databricks.operators.databricks import DatabricksSubmitRunOperator
from datetime import datetime, timedelta

notebook_task = {'notebook_path': '/Users/someone@example.com/Mount S3 & Query'}
default_args = {'owner': 'someone', 'retries': 1, 'retry_delay': timedelta(minutes=2)}

with DAG('0abc12345678_dag',
    start_date=datetime(2023, 9, 1),
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
"""


def changed_lines(source: str, renamed: str = "") -> dict[int, str]:
    """What the migrated text has on the lines that differ; the number of lines must be the same."""
    migrated = migrate(source, renamed)
    ast.parse(migrated)
    pairs = list(zip(source.split("\n"), migrated.split("\n"), strict=True))
    return {number: new.strip() for number, (old, new) in enumerate(pairs, 1) if old != new}


def test_of_the_courses_dag_only_the_schedule_changes() -> None:
    """A DAG as the course had it needs one word."""
    assert changed_lines(COURSE) == {10: "schedule='@daily',"}


def test_what_airflow_3_takes_stays_byte_for_byte() -> None:
    """A file that needs nothing comes back as it is, line ends included."""
    source = "from airflow.sdk import DAG\r\nwith DAG('x', schedule='@daily'):\r\n    pass\r\n"
    assert migrate(source) == source


def test_migrating_twice_changes_nothing_more() -> None:
    """The migrated text is one that needs no migration."""
    once = migrate(COURSE)
    assert migrate(once) == once


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "from airflow.operators.python_operator import PythonOperator",
            "from airflow.providers.standard.operators.python import PythonOperator",
        ),
        (
            "from airflow.operators.dummy_operator import DummyOperator",
            "from airflow.providers.standard.operators.empty import EmptyOperator as DummyOperator",
        ),
        (
            "from airflow.operators.bash_operator import BashOperator as Bash",
            "from airflow.providers.standard.operators.bash import BashOperator as Bash",
        ),
        (
            "from airflow.contrib.operators.databricks_operator import DatabricksSubmitRunOperator",
            "from airflow.providers.databricks.operators.databricks import DatabricksSubmitRunOperator",
        ),
        ("from airflow.utils.helpers import chain", "from airflow.sdk import chain"),
        ("from airflow.datasets import Dataset", "from airflow.sdk import Asset as Dataset"),
    ],
)
def test_a_name_that_moved_is_imported_from_where_it_is(line: str, expected: str) -> None:
    """The file's own name for it stays, so that its uses need no change; used or not."""
    assert changed_lines(f"{line}\n") == {1: expected}


def test_an_import_over_several_lines_keeps_their_number() -> None:
    """Tracebacks name the lines of the user's own file."""
    source = (
        "from airflow.operators.python_operator import (\n    PythonOperator,\n"
        "    BranchPythonOperator as Branch,\n)\nPythonOperator\n"
    )
    first, *rest = changed_lines(source).values()
    assert first == (
        "from airflow.providers.standard.operators.python import "
        "PythonOperator, BranchPythonOperator as Branch"
    )
    assert rest == ["", "", ""]


@pytest.mark.parametrize(
    ("imported", "used"),
    [
        ("from airflow.utils.dates import days_ago", "days_ago(2, hour=3)"),
        ("from airflow.utils.dates import days_ago as ago", "ago(n=2, hour=3)"),
        ("from airflow.utils import dates", "dates.days_ago(2, 3)"),
        ("import airflow.utils.dates", "airflow.utils.dates.days_ago(2, 3, 0)"),
    ],
)
def test_days_ago_still_means_midnight_so_many_days_ago(imported: str, used: str) -> None:
    """Airflow 3 has no days_ago, and ruff leaves it to people; every way of calling it is kept."""
    migrated = migrate(f"{imported}\nstart = {used}\n")
    lambdas = [node for node in ast.walk(ast.parse(migrated)) if isinstance(node, ast.Lambda)]
    assert [ast.unparse(node) for node in lambdas] == [
        "lambda n, hour=0, *at, **named: "
        "__import__('pendulum').today('UTC').add(days=-n).at(hour, *at, **named)"
    ]
    assert "import days_ago" not in migrated
    assert "dates.days_ago" not in migrated


def test_arguments_that_are_gone_are_left_out() -> None:
    """Wherever they stand in the call; those with a new name get it."""
    source = (
        "from airflow import DAG\n"
        "DAG('a', default_view='tree', concurrency=4, orientation='LR')\n"
        "DAG(\n    'b',\n    orientation='LR',\n    schedule_interval=None)\n"
    )
    assert changed_lines(source) == {
        2: "DAG('a', max_active_tasks=4)",
        5: "",
        6: "schedule=None)",
    }


def test_columns_count_characters_also_after_emoji() -> None:
    """A title full of emoji before the argument does not shift the change."""
    source = "from airflow import DAG\nDAG('a', description='é😀😀', schedule_interval='@daily')\n"
    assert changed_lines(source) == {2: "DAG('a', description='é😀😀', schedule='@daily')"}


def test_templates_name_the_logical_date() -> None:
    """`execution_date` has another name in templates; other text that holds the word stays."""
    source = (
        "from airflow.providers.standard.operators.bash import BashOperator\n"
        "BashOperator(task_id='a', bash_command='echo {{ execution_date.year }} execution_date')\n"
    )
    (line,) = changed_lines(source).values()
    assert "echo {{ logical_date.year }} execution_date" in line


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ next_ds }}", "{{ (data_interval_end | ds) }}"),
        (
            "{{ yesterday_ds }} {{ tomorrow_ds }}",
            "{{ macros.ds_add(ds, -1) }} {{ macros.ds_add(ds, 1) }}",
        ),
        ("{{ next_execution_date.year }}", "{{ data_interval_end.year }}"),
        ("{{ dag_run.execution_date }}", "{{ dag_run.logical_date }}"),
        ("{{ params.next_ds }} {{ my_next_ds }}", "{{ params.next_ds }} {{ my_next_ds }}"),
    ],
)
def test_templates_say_a_runs_dates_as_airflow_3_does(template: str, expected: str) -> None:
    """Those that Airflow 3 has no more, where it can say exactly the same; others' names stay."""
    assert migrate(f"from airflow import DAG\nx = '{template}'\n").endswith(f"'{expected}'\n")


def test_callables_find_the_logical_date_in_their_context() -> None:
    """By subscript and by `get`, of a `**` parameter or of what is called context; another mapping keeps its key."""
    source = (
        "from airflow.providers.standard.operators.python import PythonOperator\n"
        "def clean(ds, **kwargs):\n"
        "    print(kwargs['execution_date'].year, kwargs.get('execution_date'), kwargs['ds'])\n"
        "def failed(context):\n"
        "    print(f\"late é {context['execution_date']}\")\n"
        "mine = {'execution_date': 1}\n"
        "print(mine['execution_date'])\n"
    )
    assert changed_lines(source) == {
        3: "print(kwargs['logical_date'].year, kwargs.get('logical_date'), kwargs['ds'])",
        5: "print(f\"late é {context['logical_date']}\")",
    }


def test_a_dag_with_the_pipelines_own_id_gets_another() -> None:
    """The course calls everybody's DAG `<uid>_dag`, as ours is called."""
    assert changed_lines(COURSE, "0abc12345678_dag")[8] == "with DAG('0abc12345678_dag_user',"


@pytest.mark.parametrize("source", ["with DAG('a'\n", "x = 1\x00\n", "def f(:\n"])
def test_what_is_not_python_stays_as_it_is(source: str) -> None:
    """Airflow shows the error with its line."""
    assert migrate(source) == source


def test_a_noqa_does_not_keep_old_code() -> None:
    """Comments for the user's own linter mean nothing here."""
    source = "from airflow import DAG\nDAG('a', schedule_interval=None)  # noqa\n"
    assert changed_lines(source) == {2: "DAG('a', schedule=None)  # noqa"}


def test_a_name_that_its_provider_took_back_is_imported_as_what_it_is_now() -> None:
    """Under the name that the file knows."""
    source = "from airflow.providers.http.operators.http import SimpleHttpOperator\n"
    assert migrate(source) == (
        "from airflow.providers.http.operators.http import HttpOperator as SimpleHttpOperator\n"
    )
