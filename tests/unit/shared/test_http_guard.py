"""Which requests a web page can send, and what becomes of them."""

import asyncio
import json
from typing import Any

import pytest

from services.http_guard import Allowed, Guarded, allowed, refusal

NOBODY = Allowed()
CROSS = (b"Sec-Fetch-Site", b"cross-site")
NAVIGATE = ((b"Sec-Fetch-Mode", b"navigate"), (b"Sec-Fetch-Dest", b"document"))


def _host(name: str) -> tuple[bytes, bytes]:
    return (b"Host", name.encode())


def _origin(name: str) -> tuple[bytes, bytes]:
    return (b"Origin", name.encode())


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:8082",
        "localhost:8082",
        "LOCALHOST",
        "[::1]:8082",
        "127.0.0.2",
        "localhost.:1",
        "b.localhost:4566",
    ],
)
def test_names_and_addresses_of_this_machine_are_let_through(host: str) -> None:
    """A program that calls by an address or by localhost is served."""
    assert refusal("POST", [_host(host)], NOBODY) is None


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8082",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "[evil]",
        "127.0.0.1:x@evil.example",
        "127.0.0.1:8082/evil",
        "127.0.0.1@evil.example",
    ],
)
def test_a_foreign_host_is_refused_with_the_setting(host: str) -> None:
    """A name that is not of this machine may have been bound anew by a page."""
    assert "ALLOWED_HOSTS" in (refusal("GET", [_host(host)], NOBODY) or "")


def test_a_host_of_the_setting_is_let_through() -> None:
    """Names in ALLOWED_HOSTS count as this machine's."""
    names = allowed(hosts="gateway, My-Laptop.lan")
    assert refusal("GET", [_host("gateway:8082")], names) is None
    assert refusal("GET", [_host("my-laptop.lan")], names) is None


def test_two_hosts_are_refused() -> None:
    """A request that names two hosts is not judged by one of them."""
    assert refusal("GET", [_host("localhost"), _host("evil.example")], NOBODY)


def test_no_host_is_let_through() -> None:
    """HTTP/1.0 clients send none; browsers always do."""
    assert refusal("GET", [], NOBODY) is None


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://127.0.0.1:3000", "http://localhost:8082", "file://"],
)
def test_a_foreign_origin_is_refused_with_the_setting(origin: str) -> None:
    """A page of another origin may not call, be it another port of this machine."""
    assert "ALLOWED_ORIGINS" in (
        refusal("POST", [_host("127.0.0.1:8082"), _origin(origin)], NOBODY) or ""
    )


def test_the_services_own_pages_are_let_through() -> None:
    """A page's own origin is the address by which it was called."""
    own = [
        _host("127.0.0.1:8070"),
        _origin("http://127.0.0.1:8070"),
        (b"Sec-Fetch-Site", b"same-origin"),
    ]
    assert refusal("POST", own, NOBODY) is None
    assert refusal("POST", [_host("localhost"), _origin("http://localhost:80")], NOBODY) is None


def test_an_origin_of_the_setting_is_let_through() -> None:
    """Origins in ALLOWED_ORIGINS may call, from wherever they are."""
    names = allowed(origins="http://localhost:3000/")
    assert (
        refusal("POST", [_host("127.0.0.1:8082"), _origin("http://localhost:3000"), CROSS], names)
        is None
    )


@pytest.mark.parametrize("site", [b"cross-site", b"same-site"])
def test_a_request_of_another_origins_page_is_refused(site: bytes) -> None:
    """An image of another site, or of another port of this machine, carries no Origin, but says where it is from."""
    sent = [_host("127.0.0.1:8082"), (b"Sec-Fetch-Site", site)]
    assert "another origin" in (refusal("GET", sent, NOBODY) or "")
    assert refusal("GET", [*sent, *NAVIGATE], NOBODY)


def test_what_a_person_opens_is_let_through() -> None:
    """An address that was typed, and what a page loads from its own origin."""
    for site in (b"none", b"same-origin"):
        assert refusal("GET", [_host("localhost"), (b"Sec-Fetch-Site", site)], NOBODY) is None


def test_a_link_of_another_site_opens_a_page() -> None:
    """Pages may be opened by a link of another site, but not be framed or posted to."""
    page = [_host("localhost"), CROSS]
    assert refusal("GET", [*page, *NAVIGATE], NOBODY, pages=True) is None
    assert refusal("POST", [*page, *NAVIGATE], NOBODY, pages=True)
    framed = [(b"Sec-Fetch-Mode", b"navigate"), (b"Sec-Fetch-Dest", b"iframe")]
    assert refusal("GET", [*page, *framed], NOBODY, pages=True)


def test_the_middleware_answers_403_and_calls_nothing() -> None:
    """A refused request gets the reason as JSON, no CORS header, and never reaches the app."""
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {}

    scope = {"type": "http", "method": "GET", "headers": [_host("evil.example")]}
    asyncio.run(Guarded(app, NOBODY)(scope, receive, send))
    assert sent[0]["status"] == 403
    assert not [name for name, _ in sent[0]["headers"] if name.startswith(b"access-control")]
    assert "evil.example" in json.loads(sent[1]["body"])["message"]
