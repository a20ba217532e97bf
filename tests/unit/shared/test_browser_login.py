"""Pages behind a token, then a cookie."""

import asyncio
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from services.browser_login import BrowserLogin, login_address

TOKEN = "dapi-0123456789"


class Browser:
    """Keeps cookies, and follows no redirect."""

    def __init__(self, app: BrowserLogin) -> None:
        self._transport = httpx.ASGITransport(app)
        self._cookies = httpx.Cookies()

    def get(self, url: str, **options: Any) -> httpx.Response:
        return asyncio.run(self._ask("GET", url, **options))

    def post(self, url: str, **options: Any) -> httpx.Response:
        return asyncio.run(self._ask("POST", url, **options))

    async def _ask(self, method: str, url: str, **options: Any) -> httpx.Response:
        async with httpx.AsyncClient(
            transport=self._transport, base_url="http://127.0.0.1:8070", cookies=self._cookies
        ) as client:
            answer = await client.request(method, url, **options)
            self._cookies = client.cookies
            return answer


async def _page(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"secret of {request.url.path}")


def _client(name: str = "workspace", token: str = TOKEN) -> Browser:
    app = Starlette(routes=[Route("/{path:path}", _page, methods=["GET", "POST"])])
    return Browser(BrowserLogin(app, token, name))


@pytest.fixture
def client() -> Browser:
    """A browser before an app that has the login."""
    return _client()


@pytest.mark.parametrize("path", ["/", "/runs/7", "/runs/7/executed.ipynb", "/style.css"])
def test_without_the_token_there_is_a_form_that_says_where_it_is(
    client: Browser, path: str
) -> None:
    """Nothing of the app is shown to who has not logged in."""
    answer = client.get(path)
    assert answer.status_code == 401
    assert "make status" in answer.text
    assert "secret of" not in answer.text
    assert TOKEN not in answer.text


def test_the_token_in_the_address_is_taken_once(client: Browser) -> None:
    """The answer is a cookie and the same address without the token; the cookie then is enough."""
    answer = client.get(f"/runs/7?skip=50&token={TOKEN}&newest")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/runs/7?skip=50&newest="
    assert client.get("/runs/7").text == "secret of /runs/7"


def test_the_cookie_is_kept_from_scripts_and_does_not_tell_the_token(client: Browser) -> None:
    """The cookie is HttpOnly and SameSite, and is not the token."""
    cookie = client.get(f"/?token={TOKEN}").headers["set-cookie"]
    assert "httponly" in cookie.lower()
    assert "samesite=lax" in cookie.lower()
    assert TOKEN not in cookie


def test_the_form_logs_in_and_goes_on_to_the_page(client: Browser) -> None:
    """The form posts to the page that was asked for, and comes back to it."""
    assert 'action="/runs/7?skip=50&amp;login=1"' in client.get("/runs/7?skip=50").text
    answer = client.post("/runs/7?skip=50&login=1", data={"token": TOKEN})
    assert (answer.status_code, answer.headers["location"]) == (303, "/runs/7?skip=50")
    assert client.get("/runs/7").status_code == 200


@pytest.mark.parametrize("given", ["", "dapi", TOKEN + "x", "ü", "%ff"])
def test_another_token_is_refused(client: Browser, given: str) -> None:
    """A wrong token, in whatever way it comes, lets nobody in."""
    assert client.get("/", params={"token": given}).status_code == 401
    assert client.post("/?login=1", data={"token": given}).status_code == 401
    assert client.get("/", headers={"Authorization": f"Bearer {given}".encode()}).status_code == 401
    assert client.get("/", headers={"Cookie": f"workspace={given}".encode()}).status_code == 401
    assert client.get("/", headers={"Cookie": f"workspace={TOKEN}"}).status_code == 401


def test_an_empty_token_lets_nobody_in() -> None:
    """A service whose token is not set is closed, not open."""
    client = _client(token="")
    assert client.get("/?token=").status_code == 401
    assert client.get("/", headers={"Authorization": "Bearer "}).status_code == 401


def test_another_ports_cookie_is_refused(client: Browser) -> None:
    """A browser sends a host's cookies to all its ports: what one gave is of no use at another."""
    value = client.get(f"/?token={TOKEN}").cookies["workspace"]
    assert _client("spark").get("/", headers={"Cookie": f"spark={value}"}).status_code == 401


def test_a_program_may_send_the_token_as_a_header(client: Browser) -> None:
    """`curl -H "Authorization: Bearer …"` needs no cookie."""
    assert client.get("/", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


@pytest.mark.parametrize("path", ["//evil.example/", "/%5Cevil.example", "/%0d%0aSet-Cookie:x=y"])
def test_a_login_leads_to_no_other_host(client: Browser, path: str) -> None:
    """The redirect stays at this server, whatever the path looks like."""
    location = client.get(f"http://127.0.0.1:8070{path}?token={TOKEN}").headers["location"]
    assert location.startswith("/")
    assert location[1:2] not in {"/", "\\"}
    assert "\n" not in location


def test_a_text_of_the_address_is_no_markup(client: Browser) -> None:
    """What stands in the address cannot become part of the form's page."""
    assert "<script>" not in client.get('/"><script>?x="><script>').text


def test_a_very_long_form_is_not_read_to_its_end(client: Browser) -> None:
    """A body that can be no token is refused."""
    answer = client.post("/?login=1", data={"x": "y" * 9000, "token": TOKEN})
    assert answer.status_code == 401


def test_the_address_carries_the_token_escaped() -> None:
    """What `make status` prints can be opened as it is."""
    assert login_address("http://127.0.0.1:8070/", "a&b") == "http://127.0.0.1:8070/?token=a%26b"
