"""A small Airflow that answers what a test tells it to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Answer = tuple[int, object]
Row = dict[str, object]

_OPEN = "/api/v2/monitor/health"
"""What Airflow tells everybody."""


def dag(dag_id: str, **changes: object) -> Row:
    """One of our own DAGs, as Airflow answers."""
    return {
        "dag_id": dag_id,
        "is_paused": False,
        "is_stale": False,
        "bundle_name": "pincloud",
        "relative_fileloc": "pipeline.py",
        "timetable_summary": "0 0 * * *",
        "next_dagrun_run_after": None,
        "last_parsed_time": "2026-01-01T00:00:00Z",
        **changes,
    }


def import_error(file: str, trace: str, at: str = "2026-01-01T00:00:00Z") -> Row:
    """A file of the user's that Airflow could not load."""
    return {"filename": file, "bundle_name": "user", "stack_trace": trace, "timestamp": at}


class Request(NamedTuple):
    """What came in."""

    method: str
    path: str
    body: Any
    token: str


@dataclass
class FakeAirflow:
    """An HTTP server with Airflow's login; the rest is up to the test.

    Attributes:
        url: Where it is.
        answers: By method and path: an answer, or what makes it from the request.
        requests: All that came in after the login.
    """

    url: str = ""
    answers: dict[str, Answer | Callable[[Request], Answer]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)

    def answer(self, request: Request) -> Answer:
        """What the test says, after a look at the login and the token."""
        if request.path == "/auth/token":
            right = request.body == {"username": "admin", "password": "secret"}
            return (201, {"access_token": "t0k"}) if right else (401, {"detail": "Invalid login"})
        if request.token != "Bearer t0k" and request.path != _OPEN:
            return 401, {"detail": "Not authenticated"}
        self.requests.append(request)
        path = f"{request.method} {request.path.removeprefix('/api/v2')}"
        known = self.answers.get(path, (404, {"detail": f"nothing at {path}"}))
        return known(request) if callable(known) else known
