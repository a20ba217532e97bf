"""What `make airflow` tells of a migration, wherever Airflow keeps it."""

from pathlib import Path

from dag_migration import migrated_copy

from services.airflow.changes import Change, changes
from services.airflow.client import AirflowClient
from services.airflow.models import Dag
from services.airflow.rest import AirflowRest
from services.settings import Settings
from tests.unit.airflow.fake_airflow import FakeAirflow, dag

OLD = "from airflow import DAG\nwith DAG('a', schedule_interval=None):\n    pass\n"


def _changes(settings: Settings, *names: str, bundle: str = "user") -> list[Change]:
    rows = [dag(name, bundle_name=bundle, relative_fileloc="sub/old.py") for name in names]
    return list(
        changes(settings, AirflowClient(AirflowRest(settings)), [Dag.read(row) for row in rows])
    )


def test_an_airflow_elsewhere_is_asked_for_the_copy(fake: FakeAirflow, settings: Settings) -> None:
    """The comment at its end has the change; a file of two DAGs is told once."""
    text, diff = migrated_copy.make(OLD.encode(), Path("/app/airflow/user_dags/sub/old.py"), "", "")
    fake.answers["GET /dagSources/b"] = (200, {"content": text.decode()})
    (change,) = _changes(settings, "a", "b")
    assert change == Change(Path("sub/old.py"), tuple(diff.splitlines()[2:]))
    assert "+with DAG('a', schedule=None):" in change.diff


def test_a_file_that_needed_no_change_is_not_told(fake: FakeAirflow, settings: Settings) -> None:
    """Nor is one of our own, which is not even asked for."""
    fake.answers["GET /dagSources/a"] = (200, {"content": "with DAG('a'):\n    pass\n"})
    assert _changes(settings, "a") == []
    assert _changes(settings, "c", bundle="pincloud") == []


def test_an_airflow_on_this_machine_is_not_asked(fake: FakeAirflow, settings: Settings) -> None:
    """Its folder of changes has those of files that could not be loaded, too."""
    folder = settings.state_dir / "airflow/bundles/user/changes"
    folder.mkdir(parents=True)
    (folder / "broken.py.diff").write_text("--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n")
    assert _changes(settings, "a") == [Change(Path("broken.py"), ("@@ -1 +1 @@", "-x", "+y"))]
    assert fake.requests == []
