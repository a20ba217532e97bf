from pathlib import Path

import pytest

from services.stack.compose import selection
from services.stack.compose.assembly import checkout_project
from services.stack.compose.selection import Selection, SelectionError


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", "full"),
        ("full", "full"),
        ("core", "core"),
        ("cluster", "full,cluster"),
        ("notebooks, cluster", "full,cluster,notebooks"),
        ("core,notebooks", "core,notebooks"),
        ("full,cluster,workers=3", "full,cluster,workers=3"),
    ],
)
def test_a_profile_is_read(text: str, read: str) -> None:
    """An extra alone is the full stack with it; what is written reads the same again."""
    assert str(Selection.parse(text)) == read
    assert Selection.parse(read) == Selection.parse(text)


def test_an_unknown_profile_is_answered_with_the_known_ones() -> None:
    """The message has the word, and all that may stand in its place."""
    with pytest.raises(
        SelectionError,
        match=r"no profile huge.*core, full, cluster, notebooks, confluent",
    ):
        Selection.parse("full,huge")


def test_what_runs_is_not_taken_away() -> None:
    """An `up` for less adds to it."""
    running = Selection.parse("full,notebooks,workers=2")
    assert (
        str(Selection.parse("core,cluster").joined(running)) == "full,cluster,notebooks,workers=2"
    )


def test_the_core_is_without_the_workspace_and_airflow() -> None:
    """Everything else is in it."""
    names = ["mysql", "speed", "workspace", "airflow_api", "airflow_setup"]
    assert [n for n in names if Selection.parse("core").includes(n)] == ["mysql", "speed"]
    assert all(Selection().includes(name) for name in names)


def test_a_profile_tells_the_other_services() -> None:
    """Spark where its workers are, the gateway where the proxy is; nothing without them."""
    assert Selection().variables == {}
    both = Selection.parse("cluster,confluent").variables
    assert both["SPARK_MASTER"].startswith("spark://")
    assert both["KAFKA_REST_URL"].startswith("http://")


def test_workers_are_those_of_the_cluster() -> None:
    """Without one there is nothing to scale."""
    assert Selection.parse("cluster,workers=2").scale == {"spark-worker": 2}
    assert Selection.parse("full,workers=2").scale == {}


@pytest.mark.parametrize("text", ["enormous", "full,workers=many", "\xff"])
def test_an_unreadable_selection_is_the_full_stack(tmp_path: Path, text: str) -> None:
    """A file of another version does not keep the stack from being stopped."""
    selection.remember(tmp_path, Selection.parse("core,notebooks"))
    assert selection.remembered(tmp_path) == Selection.parse("core,notebooks")
    (tmp_path / "profile").write_text(text, encoding="latin-1")
    assert selection.remembered(tmp_path) == Selection()


def test_the_users_folder_and_the_triggerer_are_those_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """USER_DAGS_DIR reaches Compose as an absolute path; AIRFLOW_TRIGGERER and AWS_ENGINE as profiles."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("ENV_FILE", str(tmp_path / ".env"))
    monkeypatch.setenv("USER_DAGS_DIR", "my-dags")
    monkeypatch.setenv("AIRFLOW_TRIGGERER", "true")
    monkeypatch.setenv("AWS_ENGINE", "durable")
    project = checkout_project(Selection())
    assert project.variables["USER_DAGS_DIR"] == str(tmp_path / "my-dags")
    assert project.profiles == ["durable", "triggerer"]
