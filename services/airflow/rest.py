"""One way to Airflow's REST API, with errors that people understand."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import requests

from services.airflow.errors import AirflowError, AirflowNotFoundError, AirflowUnreachableError
from services.settings import Settings, env_file

_SECONDS = 30
_NOT_FOUND = 404
_BROKEN = 500
_TRIES = 3
"""Airflow answers 500 when its database was busy for too long; it has then done nothing."""


class AirflowRest:
    """Airflow's REST API 2, as the user of the settings; logs in at the first call."""

    def __init__(self, settings: Settings) -> None:
        self.url = settings.airflow_url.rstrip("/")
        self._login = {
            "username": settings.airflow_user,
            "password": settings.airflow_password.get_secret_value(),
        }

    def call(self, method: str, path: str, **parts: Any) -> Any:
        """The answer's JSON.

        Args:
            method: GET, POST, PATCH.
            path: Below `/api/v2`.
            parts: What `requests` takes: `json`, `params`, `headers`.

        Raises:
            UnreachableError: nothing answers.
            NotFoundError: there is no such DAG, run or task.
            AirflowError: the login or the request was refused.
        """
        for _ in range(_TRIES):
            answer = self._send(self._session, method, f"/api/v2{path}", **parts)
            if answer.status_code != _BROKEN:
                break
        if answer.status_code == _NOT_FOUND:
            raise AirflowNotFoundError(f"Airflow: {_detail(answer)}")
        if not answer.ok:
            raise AirflowError(
                f"Airflow refused {method} {path} ({answer.status_code}): {_detail(answer)}"
            )
        return answer.json()

    @cached_property
    def _session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        answer = self._send(session, "POST", "/auth/token", json=self._login)
        if not answer.ok:
            raise AirflowError(
                f"Airflow at {self.url} refused the login of {self._login['username']} "
                f"({answer.status_code}). AIRFLOW_USER and AIRFLOW_PASSWORD in {env_file()} count from "
                "the next start: `make restart SERVICE=airflow_api`."
            )
        session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return session

    def _send(
        self, session: requests.Session, method: str, path: str, **parts: Any
    ) -> requests.Response:
        try:
            return session.request(method, self.url + path, timeout=_SECONDS, **parts)
        except requests.RequestException as error:
            raise AirflowUnreachableError(
                f"Airflow does not answer at {self.url} ({type(error).__name__}). `make up` starts it, "
                "`make status` shows whether it runs, `make logs SERVICE=airflow_api` why not."
            ) from error


def _detail(answer: requests.Response) -> str:
    """Airflow's own words, whatever shape they come in."""
    try:
        body = answer.json()
    except requests.JSONDecodeError:
        return answer.text[:300]
    detail = body.get("detail", body) if isinstance(body, Mapping) else body
    return str(detail)[:500]
