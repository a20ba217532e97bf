"""The DAG that was asked for, as its file is now."""

import os
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from services.airflow.client import AirflowClient
from services.airflow.errors import AirflowError
from services.airflow.find_dag import find_dag
from services.airflow.models import Dag
from services.airflow.rest import AirflowRest
from services.settings import Settings
from tests.unit.airflow.fake_airflow import Answer, FakeAirflow, Request, Row, dag, import_error

CHANGED, BEFORE, AFTER = (datetime(2026, 1, day, tzinfo=UTC) for day in (2, 1, 3))


def put(settings: Settings, name: str, text: str) -> None:
    """A file of the user's, changed at `CHANGED`."""
    file = settings.user_dags_dir / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    os.utime(file, (CHANGED.timestamp(), CHANGED.timestamp()))


def users(read: datetime, **changes: object) -> Row:
    """The user's DAG `mine`, last read then."""
    return dag(
        "mine",
        bundle_name="user",
        relative_fileloc="mine.py",
        last_parsed_time=read.isoformat(),
        **changes,
    )


def become(*rows: Row | None) -> Callable[[Request], Answer]:
    """Answers one after the other: the DAG, or that there is none; the last one stays."""
    left = list(rows)

    def answer(_: Request) -> Answer:
        row = left.pop(0) if len(left) > 1 else left[0]
        return (200, row) if row else (404, {"detail": "not found"})

    return answer


def errors(fake: FakeAirflow, *rows: Row) -> None:
    """Let Airflow fail to load these."""
    fake.answers["GET /importErrors"] = 200, {"import_errors": rows, "total_entries": len(rows)}


def look(settings: Settings, dag_id: str = "mine") -> tuple[Dag, list[str]]:
    """What is found, and what was said meanwhile."""
    said: list[str] = []
    return find_dag(AirflowClient(AirflowRest(settings)), dag_id, settings, said.append), said


def test_a_dag_that_is_there_is_taken_at_once(fake: FakeAirflow, settings: Settings) -> None:
    """Without a look at anything else."""
    put(settings, "mine.py", "DAG('mine')")
    fake.answers["GET /dags/mine"] = 200, users(AFTER)
    assert look(settings)[1] == []
    assert len(fake.requests) == 1


@pytest.mark.parametrize("before", [None, users(BEFORE), users(AFTER, is_stale=True)])
def test_a_file_put_or_changed_just_now_is_waited_for(
    fake: FakeAirflow, settings: Settings, before: Row | None
) -> None:
    """What runs is what stands in the file, not what stood there; an error of before does not count."""
    put(settings, "mine.py", "DAG('mine')")
    fake.answers["GET /dags/mine"] = become(before, before, users(AFTER))
    errors(fake, import_error("mine.py", "SyntaxError: no", BEFORE.isoformat()))
    found, said = look(settings)
    assert found.parsed == AFTER.timestamp()
    assert said == ["Waiting until Airflow has read mine …"]


def test_a_file_that_cannot_be_loaded_is_not_waited_for(
    fake: FakeAirflow, settings: Settings
) -> None:
    """Its error is told, with the line."""
    put(settings, "mine.py", "DAG('mine'")
    trace = '  File "/copies/mine.py", line 1\nSyntaxError: never closed'
    errors(fake, import_error("mine.py", trace, AFTER.isoformat()))
    with pytest.raises(AirflowError, match=r"cannot load .*/mine.py:1: SyntaxError: never closed"):
        look(settings)


def test_the_pipelines_own_dag_is_waited_for(fake: FakeAirflow, settings: Settings) -> None:
    """Right after the start Airflow has read nothing yet."""
    own = f"{settings.user_id}_dag"
    fake.answers[f"GET /dags/{own}"] = become(None, dag(own))
    errors(fake)
    assert look(settings, own)[0].dag_id == own


def test_an_unknown_dag_gets_the_list_of_those_there_are(
    fake: FakeAirflow, settings: Settings
) -> None:
    """And a hint when files could not be loaded."""
    fake.answers["GET /dags"] = 200, {"dags": [dag("other")], "total_entries": 1}
    errors(fake, import_error("x.py", "SyntaxError: no"))
    with pytest.raises(
        AirflowError, match=r"no DAG 'mine'. It has: 'other'. 1 file could not be loaded"
    ):
        look(settings)
