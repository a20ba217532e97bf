"""The plugins' folder on the path, as Airflow has it; a small Airflow on a port."""

import io
import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlsplit

import pytest
from pydantic import SecretStr
from rich.console import Console

from services.settings import HOST, PROJECT_ROOT, Settings
from tests.unit.airflow.fake_airflow import FakeAirflow, Request

sys.path.insert(0, str(PROJECT_ROOT / "airflow" / "plugins"))


@pytest.fixture
def fake() -> Iterator[FakeAirflow]:
    """A small Airflow on a free port."""
    airflow = FakeAirflow()

    class Handler(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = unquote(urlsplit(self.path).path)
            body = json.loads(text) if text else None
            request = Request(self.command, path, body, str(self.headers.get("Authorization")))
            status, answer = airflow.answer(request)
            data = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = handle_one

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
            """Nothing: the tests' output stays readable."""

    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        airflow.url = f"http://{HOST}:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield airflow
        server.shutdown()
        thread.join()


@pytest.fixture
def settings(fake: FakeAirflow, tmp_path: Path) -> Settings:
    """Settings that point at the small Airflow."""
    return Settings(
        airflow_url=fake.url,
        airflow_user="admin",
        airflow_password=SecretStr("secret"),
        state_dir=tmp_path / "state",
        user_dags_dir=tmp_path / "dags",
        user_id="0a1b2c3d4e5f",
    )


@pytest.fixture
def console() -> Console:
    """A console that writes into a string: `console.file.getvalue()`."""
    return Console(file=io.StringIO(), highlight=False, width=200)
