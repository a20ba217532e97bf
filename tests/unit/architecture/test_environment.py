import ast
import os
from pathlib import Path

import pytest

from services.checkout import environment
from services.settings import PROJECT_ROOT

_ROOMS = ("services", "spark_jobs", "seed_data", "benchmarks", "docs", "airflow")
_ALLOWED = (
    "services/settings.py",
    "services/checkout/",
    "services/reroute/injected/",  # runs in a user's process, which has none of our modules
    "airflow/dags/",  # run in Airflow's environment, which has none either
    "services/spark_server/worker_start/",  # runs in Spark's Python processes, before anything else
    "airflow/plugins/page_guard_plugin.py",  # as well
    "airflow/plugins/user_dags.py",  # Airflow reads variables and connections of files from there
)
_NAMES = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}


def _sources() -> list[Path]:
    return [file for room in _ROOMS for file in sorted((PROJECT_ROOT / room).rglob("*.py"))]


def _uses(file: Path) -> list[str]:
    """`file:line` of each place that names the environment of `os`."""
    lines = [
        node.lineno
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr in _NAMES and _is_os(node.value))
        or (isinstance(node, ast.ImportFrom) and _NAMES & {alias.name for alias in node.names})
    ]
    return [f"{file.relative_to(PROJECT_ROOT).as_posix()}:{line}" for line in lines]


def _is_os(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "os"


def test_the_environment_is_read_in_one_place() -> None:
    """Everything else gets settings, or asks `services.checkout.environment`."""
    uses = [use for file in _sources() for use in _uses(file)]
    assert "services/checkout/environment.py" in {use.partition(":")[0] for use in uses}
    assert [use for use in uses if not use.startswith(_ALLOWED)] == []


def test_a_variable_may_be_empty_or_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two are told apart."""
    monkeypatch.setenv("PINCLOUD_TEST", "")
    assert environment.variable("PINCLOUD_TEST") == ""
    monkeypatch.delenv("PINCLOUD_TEST")
    assert environment.variable("PINCLOUD_TEST") is None


def test_a_child_inherits_all_but_what_is_kept_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a copy: what is added for a child is not set here."""
    monkeypatch.setenv("PINCLOUD_TEST", "here")
    copy = environment.inherited(without={"PATH"})
    assert copy["PINCLOUD_TEST"] == "here"
    assert "PATH" not in copy
    copy["PINCLOUD_TEST"] = "there"
    assert environment.variable("PINCLOUD_TEST") == "here"


def test_variables_that_were_set_for_a_while_are_as_they_were(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Those that were not there before are gone again, also after an error."""
    monkeypatch.setenv("PINCLOUD_TEST", "before")
    monkeypatch.delenv("PINCLOUD_OTHER", raising=False)

    def fail() -> None:
        with environment.assigned({"PINCLOUD_TEST": "now", "PINCLOUD_OTHER": "now"}):
            assert os.environ["PINCLOUD_TEST"] == os.environ["PINCLOUD_OTHER"] == "now"
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert os.environ["PINCLOUD_TEST"] == "before"
    assert "PINCLOUD_OTHER" not in os.environ
