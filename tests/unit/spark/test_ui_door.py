"""The door of Spark's UI, in front of a small server that stands for Spark."""

import asyncio
import base64
import hmac
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from services.free_ports import free_port
from services.settings import Settings
from services.spark_ui.app import app
from services.spark_ui.jws import secret_key, signed_token

TOKEN = "let me in"


class _Spark(BaseHTTPRequestHandler):
    """Answers as Spark does: a redirect with the caller's own name, a page, a cookie that nobody needs."""

    seen: list[dict[str, str]]

    def do_GET(self) -> None:
        self.seen.append({"path": self.path, **{k.lower(): v for k, v in self.headers.items()}})
        moved = self.path == "/"
        self.send_response(302 if moved else 200)
        if moved:
            self.send_header("Location", f"http://{self.headers['Host']}/jobs/")
        self.send_header("Set-Cookie", "session=spark")
        self.send_header("Content-Type", "text/html;charset=utf-8")
        self.end_headers()
        self.wfile.write(b"" if moved else b"<h1>Spark Jobs</h1>")

    def log_message(self, *_: Any) -> None:
        """Silence."""


@pytest.fixture
def spark() -> Iterator[ThreadingHTTPServer]:
    """What stands for Spark's UI."""
    _Spark.seen = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Spark)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


class Browser:
    """Keeps its cookies from one request to the next."""

    def __init__(self, settings: Settings) -> None:
        self._transport = httpx.ASGITransport(app(settings))
        self._cookies = httpx.Cookies()

    def get(self, path: str, **options: Any) -> httpx.Response:
        """Read a page."""
        return self.request("GET", path, **options)

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Ask without following redirects."""
        return asyncio.run(self._request(method, path, options))

    async def _request(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response:
        base = "http://127.0.0.1:4040"
        async with httpx.AsyncClient(
            transport=self._transport, base_url=base, cookies=self._cookies
        ) as client:
            answer = await client.request(method, path, **options)
            self._cookies = client.cookies
            return answer


def _door(port: int) -> Browser:
    return Browser(Settings(spark_token=SecretStr(TOKEN), spark_ui_backend_port=port))


@pytest.fixture
def door(spark: ThreadingHTTPServer) -> Browser:
    """A browser at the door."""
    return _door(spark.server_address[1])


def test_nobody_sees_anything_without_the_token(door: Browser) -> None:
    """Not a page, not its API, not a link that would end a job; Spark itself is not even asked."""
    for path in ("/", "/jobs/", "/api/v1/applications", "/jobs/job/kill/?id=0", "/static/x.js"):
        assert door.get(path).status_code == 401, path
    assert door.get("/jobs/", headers={"Authorization": "Bearer no"}).status_code == 401
    assert _Spark.seen == []


def test_the_token_in_the_address_logs_a_browser_in(door: Browser) -> None:
    """From then on pages, queries and redirects are as Spark gives them, under the door's own name."""
    assert door.get("/", params={"token": TOKEN}).headers["location"] == "/"
    assert door.get("/").headers["location"] == "http://127.0.0.1:4040/jobs/"
    page = door.get("/jobs/?job.sort=Job%20Id")
    assert page.text == "<h1>Spark Jobs</h1>"
    assert page.headers["content-type"] == "text/html;charset=utf-8"
    assert _Spark.seen[-1]["path"] == "/jobs/?job.sort=Job%20Id"


def test_spark_gets_a_signature_and_neither_cookie_nor_token(door: Browser) -> None:
    """What the browser has is for the door alone; Spark's own cookie stays behind it."""
    door.get("/", params={"token": TOKEN})
    answer = door.get("/jobs/")
    asked = _Spark.seen[-1]
    assert asked["authorization"].startswith("Bearer ey")
    assert "cookie" not in asked
    assert TOKEN not in str(asked)
    assert "set-cookie" not in answer.headers


def test_it_is_for_reading(door: Browser) -> None:
    """What Spark takes by POST is to end things."""
    own = {"Authorization": f"Bearer {TOKEN}"}
    assert door.request("POST", "/jobs/job/kill/", headers=own).status_code == 405
    assert door.request("DELETE", "/jobs/", headers=own).headers["allow"] == "GET, HEAD"
    assert _Spark.seen == []


def test_another_sites_name_is_refused_even_with_the_token(door: Browser) -> None:
    """A page whose name was bound anew to this machine comes under that name."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Host": "rebound.example:4040"}
    assert door.get("/jobs/", headers=headers).status_code == 403
    assert _Spark.seen == []


def test_health_needs_no_token_and_says_nothing_of_spark() -> None:
    """The stack asks whether the door is there, while Spark is still starting."""
    door = _door(free_port())
    assert door.get("/health").text == "ok\n"
    answer = door.get("/jobs/", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 503
    assert "`make status`" in answer.text


def test_the_signature_is_made_with_the_filters_key() -> None:
    """HS256 over header and claims; the key has the 256 bits that it asks for."""
    settings = Settings(spark_token=SecretStr(TOKEN))
    signed, _, signature = signed_token(settings).rpartition(".")
    key = base64.urlsafe_b64decode(secret_key(settings))
    expected = base64.urlsafe_b64encode(hmac.digest(key, signed.encode(), "sha256"))
    assert signature == expected.rstrip(b"=").decode()
    assert len(key) == 32
    header = signed.partition(".")[0]
    assert json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))["alg"] == "HS256"
