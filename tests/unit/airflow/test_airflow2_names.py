"""What Airflow 3 removed goes on under its old names in the processes that load and run users' DAGs."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow2 import plugin_folder, variable_files
from airflow2.dates import NAMES, dates_of_a_dateless_run, named_dates
from airflow2.deferral import first_event
from airflow2.keywords import (
    IGNORED,
    OPERATOR_IGNORED,
    OPERATOR_RENAMED,
    RENAMED,
    changed,
)
from airflow2.operators import for_airflow_3
from airflow2.patching import wrap
from airflow2.trigger_rules import named
from airflow2.xcom import nearest_first

_AT = datetime(2023, 9, 1, tzinfo=UTC)
_CONTEXT = {
    "logical_date": _AT,
    "data_interval_start": _AT,
    "data_interval_end": _AT + timedelta(days=1),
}


@pytest.mark.parametrize(("old", "new"), [*RENAMED.items()])
def test_a_dags_argument_is_taken_under_its_old_name(old: str, new: str) -> None:
    """Its value reaches Airflow 3 under the new name, and a sentence names both."""
    assert changed({old: 3}, RENAMED, IGNORED) == ({new: 3}, [f"{old} is {new}"])


@pytest.mark.parametrize("old", [*IGNORED])
def test_a_dags_argument_that_is_gone_is_left_out_and_named(old: str) -> None:
    """The rest stays."""
    kept, said = changed({old: 1, "tags": ["a"]}, RENAMED, IGNORED)
    assert kept == {"tags": ["a"]}
    assert [sentence.startswith(f"{old} is left out.") for sentence in said] == [True]


def test_the_new_name_counts_when_both_are_given() -> None:
    """An old name never hides a new one."""
    assert changed({"schedule": "@daily", "schedule_interval": None}, RENAMED, IGNORED) == (
        {"schedule": "@daily"},
        [],
    )


@pytest.mark.parametrize("old", [*OPERATOR_IGNORED])
def test_an_operators_argument_that_is_gone_is_left_out(old: str) -> None:
    """SLAs are spoken of: something that the user asked for does not happen."""
    kept, said = for_airflow_3({old: 1, "task_id": "a"})
    assert kept == {"task_id": "a"}
    assert ("SLA" in said[0]) == (old == "sla")


@pytest.mark.parametrize(("old", "new"), [*OPERATOR_RENAMED.items()])
def test_an_operators_argument_is_taken_under_its_old_name(old: str, new: str) -> None:
    """Also out of `default_args`."""
    assert for_airflow_3({old: 2})[0] == {new: 2}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("dummy", "always"),
        ("none_failed_or_skipped", "none_failed_min_one_success"),
        ("all_done", "all_done"),
        (None, None),
    ],
)
def test_a_trigger_rule_is_taken_under_its_old_name(rule: object, expected: object) -> None:
    """What is no old name stays."""
    assert named(rule) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("execution_date", _AT),
        ("next_execution_date", _AT + timedelta(days=1)),
        ("prev_execution_date", _AT - timedelta(days=1)),
        ("next_ds", "2023-09-02"),
        ("next_ds_nodash", "20230902"),
        ("prev_ds", "2023-08-31"),
        ("prev_ds_nodash", "20230831"),
        ("yesterday_ds", "2023-08-31"),
        ("yesterday_ds_nodash", "20230831"),
        ("tomorrow_ds", "2023-09-02"),
        ("tomorrow_ds_nodash", "20230902"),
        ("prev_execution_date_success", None),
    ],
)
def test_a_daily_runs_dates_have_their_old_names(name: str, expected: object) -> None:
    """As Airflow 2 gave them."""
    assert named_dates(_CONTEXT)[name] == expected


def test_every_name_of_a_date_is_answered() -> None:
    """Decorated tasks may take as arguments exactly what the context has."""
    assert set(named_dates(_CONTEXT)) == set(NAMES)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ds", "2023-09-01"),
        ("ds_nodash", "20230901"),
        ("ts", "2023-09-01T00:00:00+00:00"),
        ("ts_nodash", "20230901T000000"),
        ("ts_nodash_with_tz", "20230901T000000+0000"),
        ("logical_date", _AT),
    ],
)
def test_a_run_that_was_asked_for_without_a_date_has_the_moments(
    name: str, expected: object
) -> None:
    """Airflow 2 gave every run a date."""
    context = {"dag_run": SimpleNamespace(run_after=_AT)}
    assert dates_of_a_dateless_run(context)[name] == expected
    assert named_dates(context)["execution_date"] == _AT


def test_a_dated_run_keeps_its_dates() -> None:
    """Nothing of it is replaced."""
    assert dates_of_a_dateless_run({**_CONTEXT, "dag_run": SimpleNamespace(run_after=_AT)}) == {}


def test_a_pull_that_names_no_task_asks_the_nearest_first() -> None:
    """The task itself, then level by level; each task once."""
    first = SimpleNamespace(task_id="first", upstream_list=[])
    left = SimpleNamespace(task_id="left", upstream_list=[first])
    right = SimpleNamespace(task_id="right", upstream_list=[first])
    last = SimpleNamespace(task_id="last", upstream_list=[right, left])
    assert list(nearest_first(last)) == ["last", "left", "right", "first"]


class _Trigger:
    """A trigger that says these payloads."""

    def __init__(self, *payloads: object) -> None:
        self.payloads, self.cleaned = payloads, False

    async def run(self) -> AsyncIterator[Any]:
        for payload in self.payloads:
            yield SimpleNamespace(payload=payload)

    async def cleanup(self) -> None:
        self.cleaned = True


def test_a_waiting_task_goes_on_with_the_triggers_first_event() -> None:
    """And the trigger is cleaned up."""
    trigger = _Trigger("done", "again")
    assert asyncio.run(first_event(trigger)) == "done"
    assert trigger.cleaned


def test_a_trigger_that_says_nothing_fails_the_task() -> None:
    """With the trigger's name."""
    with pytest.raises(RuntimeError, match="_Trigger ended without an event"):
        asyncio.run(first_event(_Trigger()))


def test_a_function_is_replaced_once() -> None:
    """A second installation changes nothing."""
    owner = SimpleNamespace(speak=lambda: "a")
    for _ in range(2):
        wrap(owner, "speak", lambda original: lambda: original() + "b")
    assert owner.speak() == "ab"


@pytest.mark.parametrize(
    ("file", "text", "name", "expected"),
    [
        ("variables.json", '{"colour": "red"}', "AIRFLOW_VAR_COLOUR", "red"),
        ("variables.json", '{"config": {"a": 1}}', "AIRFLOW_VAR_CONFIG", '{"a": 1}'),
        ("variables.yaml", "rows: 5", "AIRFLOW_VAR_ROWS", "5"),
        ("connections.yml", "api: http://x:1", "AIRFLOW_CONN_API", "http://x:1"),
        (
            "connections.json",
            '{"db": {"conn_type": "mysql"}}',
            "AIRFLOW_CONN_DB",
            '{"conn_type": "mysql"}',
        ),
        (".env", "# a\nexport AIRFLOW_VAR_A='b'\n", "AIRFLOW_VAR_A", "b"),
        ("connections.json", '{"mine": {"conn_type": "databricks"}}', "AIRFLOW_CONN_MINE", "local"),
        ("connections.json", '{"mine": "databricks://cloud"}', "AIRFLOW_CONN_MINE", "local"),
    ],
)
def test_variables_and_connections_come_from_files_beside_the_dags(
    tmp_path: Path, file: str, text: str, name: str, expected: str
) -> None:
    """JSON, YAML or `.env`; whatever is of Databricks is the local workspace."""
    (tmp_path / file).write_text(text)
    environment = {"AIRFLOW_CONN_DATABRICKS_DEFAULT": "local"}
    variable_files.load(tmp_path, environment)
    assert environment[name] == expected


@pytest.mark.parametrize("text", ["[1]", "{", "", json.dumps("a")])
def test_a_file_that_holds_no_names_is_passed_over(tmp_path: Path, text: str) -> None:
    """The DAGs still load."""
    (tmp_path / "variables.json").write_text(text)
    environment: dict[str, str] = {}
    variable_files.load(tmp_path, environment)
    assert environment == {}


def test_of_dotenv_only_airflows_own_names_are_taken(tmp_path: Path) -> None:
    """And what is set already counts."""
    (tmp_path / ".env").write_text("PATH=/x\nAIRFLOW_VAR_A=file\nAIRFLOW__CORE__X=1\n")
    environment = {"AIRFLOW_VAR_A": "set"}
    variable_files.load(tmp_path, environment)
    assert environment == {"AIRFLOW_VAR_A": "set"}


def test_plugins_beside_dags_can_be_imported(tmp_path: Path) -> None:
    """After all else that is on the path, once."""
    search_path = ["first"]
    for _ in range(2):
        plugin_folder.make_importable(tmp_path, search_path)
    assert search_path == ["first", str(tmp_path / "plugins")]
