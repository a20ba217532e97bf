"""Airflow's page guard decides as the services' own does."""

import itertools

import pytest
from page_guard import PageGuard

from services.http_guard import allowed, refusal

_GUARD = PageGuard(lambda *_: None, ["airflow_api"], ["http://dash.lan:3000"])  # type: ignore[arg-type]
_SETTINGS = allowed(hosts="airflow_api", origins="http://dash.lan:3000")

HOSTS = (
    None,
    "127.0.0.1:8080",
    "LOCALHOST:8080",
    "[::1]:8080",
    "localhost.:80",
    "airflow_api:8080",
    "a.localhost",
    "evil.example:8080",
    "127.0.0.1.evil.example",
    "[x",
    "127.0.0.1:x@evil.example",
    "127.0.0.1:8080/evil",
)
ORIGINS = (
    None,
    "http://127.0.0.1:8080",
    "http://127.0.0.1:9999",
    "http://dash.lan:3000",
    "http://localhost",
    "null",
    "https://evil.example",
)
FETCHES = (
    (),
    ((b"sec-fetch-site", b"same-origin"),),
    ((b"sec-fetch-site", b"cross-site"), (b"sec-fetch-mode", b"no-cors")),
    ((b"sec-fetch-site", b"same-site"), (b"sec-fetch-mode", b"no-cors")),
    (
        (b"sec-fetch-site", b"cross-site"),
        (b"sec-fetch-mode", b"navigate"),
        (b"sec-fetch-dest", b"document"),
    ),
    (
        (b"sec-fetch-site", b"cross-site"),
        (b"sec-fetch-mode", b"navigate"),
        (b"sec-fetch-dest", b"iframe"),
    ),
)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("host", HOSTS)
def test_it_refuses_what_the_services_refuse(method: str, host: str | None) -> None:
    """For each Host, Origin and Sec-Fetch header the two say the same."""
    for origin, fetch in itertools.product(ORIGINS, FETCHES):
        headers = [*fetch]
        headers += [(b"host", host.encode())] if host else []
        headers += [(b"origin", origin.encode())] if origin else []
        ours = refusal(method, headers, _SETTINGS, pages=True)
        theirs = _GUARD.refusal({"type": "http", "method": method, "headers": headers})
        assert bool(ours) == bool(theirs), headers
