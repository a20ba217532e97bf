"""What Airflow answers, and what a person is told when it does not."""

import pytest
from pydantic import SecretStr

from services.airflow.client import AirflowClient
from services.airflow.errors import AirflowError, AirflowNotFoundError, AirflowUnreachableError
from services.airflow.rest import AirflowRest
from services.settings import Settings
from tests.unit.airflow.fake_airflow import FakeAirflow, Request, import_error


def test_a_call_logs_in_first_and_carries_the_token(fake: FakeAirflow, settings: Settings) -> None:
    """The token of the login goes with every call."""
    fake.answers["GET /monitor/health"] = 200, {"scheduler": {"status": "healthy"}}
    assert AirflowClient(AirflowRest(settings)).health() == {"scheduler": "healthy"}
    assert [request.token for request in fake.requests] == ["Bearer t0k"]


def test_a_wrong_password_names_the_file(fake: FakeAirflow, settings: Settings) -> None:
    """The message says where the password stands, not what it is."""
    wrong = settings.model_copy(update={"airflow_password": SecretStr("wr0ng")})
    with pytest.raises(AirflowError, match=r"refused the login of admin.*AIRFLOW_PASSWORD in") as e:
        AirflowClient(AirflowRest(wrong)).dags()
    assert "wr0ng" not in str(e.value)
    assert not fake.requests


def test_nothing_there_says_what_starts_it(settings: Settings) -> None:
    """A stack that is down is the usual case."""
    nowhere = settings.model_copy(update={"airflow_url": "http://127.0.0.1:9"})
    with pytest.raises(
        AirflowUnreachableError, match=r"does not answer at http://127.0.0.1:9.*`make up`"
    ):
        AirflowClient(AirflowRest(nowhere)).dags()


def test_what_is_not_there_is_its_own_error(settings: Settings) -> None:
    """With Airflow's own words."""
    with pytest.raises(AirflowNotFoundError, match="nothing at GET /dags/no such/dag"):
        AirflowClient(AirflowRest(settings)).dag("no such/dag")


@pytest.mark.parametrize(
    ("body", "said"), [({"detail": "No way"}, "No way"), ("<html>oops</html>", "<html>oops</html>")]
)
def test_a_refusal_is_told_in_airflows_words(
    fake: FakeAirflow, settings: Settings, body: object, said: str
) -> None:
    """JSON or not."""
    fake.answers["GET /dags"] = 500, body
    with pytest.raises(AirflowError, match=rf"refused GET /dags \(500\): {said}"):
        AirflowClient(AirflowRest(settings)).dags()


def test_a_busy_database_is_asked_again(fake: FakeAirflow, settings: Settings) -> None:
    """Two changes at once can make Airflow's server answer 500 to one of them."""
    left = iter([(500, "Internal Server Error"), (200, {})])
    fake.answers["PATCH /dags/a"] = lambda _: next(left)
    AirflowClient(AirflowRest(settings)).unpause("a")
    assert [request.method for request in fake.requests] == ["PATCH", "PATCH"]


def test_all_pages_are_read(fake: FakeAirflow, settings: Settings) -> None:
    """Airflow gives so many rows at a time."""
    rows = [import_error(f"{n}.py", "x") for n in range(3)]
    left = iter([rows[:2], rows[2:]])

    def page(_: Request) -> tuple[int, object]:
        return 200, {"import_errors": next(left), "total_entries": 3}

    fake.answers["GET /importErrors"] = page
    assert [f.file for f in AirflowClient(AirflowRest(settings)).import_failures()] == [
        "0.py",
        "1.py",
        "2.py",
    ]


def test_an_import_error_has_the_line_of_the_file_itself(
    fake: FakeAirflow, settings: Settings
) -> None:
    """Not that of a library which it called."""
    trace = (
        'Traceback (most recent call last):\n  File "/b/user/dags/sub/a.py", line 4, in <module>\n'
        '    f()\n  File "/lib/x.py", line 99, in f\nValueError: no\n'
    )
    row = import_error("sub/a.py", trace)
    fake.answers["GET /importErrors"] = 200, {"import_errors": [row], "total_entries": 1}
    (failure,) = AirflowClient(AirflowRest(settings)).import_failures()
    assert (failure.line, failure.message) == (4, "ValueError: no")


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("ModuleNotFoundError: No module named 'boto3'", "requirements.txt"),
        ("AirflowRuntimeError: VARIABLE_NOT_FOUND: {'message': 'x'}", "AIRFLOW_VAR_<NAME>"),
        ("ValueError: no", ""),
    ],
)
def test_an_import_error_that_is_not_the_files_own_has_advice(
    fake: FakeAirflow, settings: Settings, said: str, advice: str
) -> None:
    """MWAA had packages and variables that this Airflow has to be given."""
    row = import_error("a.py", said)
    fake.answers["GET /importErrors"] = 200, {"import_errors": [row], "total_entries": 1}
    (failure,) = AirflowClient(AirflowRest(settings)).import_failures()
    assert advice in failure.advice
    assert bool(advice) == bool(failure.advice)


def test_tasks_are_ordered_as_they_wait_for_each_other(
    fake: FakeAirflow, settings: Settings
) -> None:
    """Airflow lists them by name."""
    tasks = [
        {"task_id": "answers", "downstream_task_ids": ["report"]},
        {"task_id": "clean", "downstream_task_ids": ["answers"]},
        {"task_id": "report", "downstream_task_ids": []},
        {"task_id": "wait", "downstream_task_ids": ["clean"]},
    ]
    fake.answers["GET /dags/d/tasks"] = 200, {"tasks": tasks}
    assert AirflowClient(AirflowRest(settings)).order("d") == ["wait", "clean", "answers", "report"]
