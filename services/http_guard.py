"""Keeps web pages away from services of this machine: which Host, Origin and Sec-Fetch-Site a request may carry.

A page whose name was bound anew to 127.0.0.1 comes with its own name as Host; a page of another origin says so by
Origin or Sec-Fetch-Site, which no script of a page can change. Programs send neither, and are not asked for them.
"""

import functools
import ipaddress
import json
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any

Headers = Iterable[tuple[bytes, bytes]]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[Any]]
WsgiEnvironment = dict[str, Any]
WsgiApp = Callable[[WsgiEnvironment, Callable[..., Any]], Iterable[bytes]]

FORBIDDEN = 403

_LOOPBACK = "localhost"
_SAFE_METHODS = {"GET", "HEAD"}
_HOST, _ORIGIN = b"host", b"origin"
_WATCHED = frozenset({_HOST, _ORIGIN, b"sec-fetch-site", b"sec-fetch-mode", b"sec-fetch-dest"})
_FOREIGN = {(b"sec-fetch-site", b"cross-site"), (b"sec-fetch-site", b"same-site")}
_HOSTS_KEPT = 256
_HOST_AND_PORT = re.compile(r"(?:\[(?P<address>[^\]]+)\]|(?P<name>[^:/@\[\]]+))(?::\d*)?")


@dataclass(frozen=True)
class Allowed:
    """What may stand in a request, beside names and addresses of this machine.

    Attributes:
        hosts: Names without port, in lower case.
        origins: Such as `http://localhost:3000`.
    """

    hosts: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()


def allowed(*, hosts: str = "", origins: str = "") -> Allowed:
    """Read the two settings, lists with commas."""
    return Allowed(
        frozenset(name.strip().lower() for name in hosts.split(",") if name.strip()),
        frozenset(name.strip().lower().rstrip("/") for name in origins.split(",") if name.strip()),
    )


def refusal(method: str, headers: Headers, allowed: Allowed, *, pages: bool = False) -> str | None:
    """Why a request is refused, as a sentence with the setting that would allow it; None when it is not.

    Args:
        method: Of the request.
        headers: Names in any case.
        allowed: Beside this machine's own names.
        pages: A person may come by a link of another site: its navigations are let through.
    """
    watched = [(low, value) for name, value in headers if (low := name.lower()) in _WATCHED]
    if len(watched) == 1 and watched[0][0] == _HOST and _is_own_host(watched[0][1], allowed):
        return None
    found = _Found.of(watched)
    if len(found.hosts) > 1:
        return "The request has more than one Host header."
    host = found.hosts[0] if found.hosts else ""
    if host and not _is_own(_name(host), allowed):
        return (
            f"Host {_shown(host)} is no name of this machine: a web page could have been bound to it. "
            "ALLOWED_HOSTS takes further names."
        )
    for origin in found.origins:
        if not _is_same(origin, host) and origin.lower() not in allowed.origins:
            return (
                f"Origin {_shown(origin)} is another one than this service's: a page of it may not call. "
                "ALLOWED_ORIGINS takes further origins."
            )
    if found.foreign and not found.origins and not (pages and found.is_navigation(method)):
        return "Sec-Fetch-Site says that a page of another origin has sent this; open the address itself."
    return None


class Guarded:
    """ASGI middleware: requests that are refused are answered 403 and do not reach the app."""

    def __init__(self, app: App, allowed: Allowed, *, pages: bool = False) -> None:
        self._app = app
        self._allowed = allowed
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        why = refusal(scope["method"], scope["headers"], self._allowed, pages=self._pages)
        if why is None:
            await self._app(scope, receive, send)
        else:
            await refuse(send, why)


def guarded_wsgi(app: WsgiApp, allowed: Allowed) -> WsgiApp:
    """The same for a WSGI app."""

    def answer(environ: WsgiEnvironment, start_response: Callable[..., Any]) -> Iterable[bytes]:
        why = refusal(environ["REQUEST_METHOD"], _wsgi_headers(environ), allowed)
        if why is None:
            return app(environ, start_response)
        start_response(f"{FORBIDDEN} Forbidden", [("Content-Type", "application/json")])
        return [_body(why)]

    return answer


def _wsgi_headers(environ: WsgiEnvironment) -> Headers:
    return [
        (name[5:].replace("_", "-").encode(), str(value).encode("latin-1"))
        for name, value in environ.items()
        if name.startswith("HTTP_")
    ]


def _body(why: str) -> bytes:
    return json.dumps({"message": why}).encode()


async def refuse(send: Send, why: str) -> None:
    """Answer 403 with a sentence."""
    body = _body(why)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": FORBIDDEN, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@dataclass(frozen=True)
class _Found:
    """What of a request's headers tells where it comes from."""

    hosts: tuple[str, ...]
    origins: tuple[str, ...]
    fetch: frozenset[tuple[bytes, bytes]]

    @classmethod
    def of(cls, watched: list[tuple[bytes, bytes]]) -> "_Found":
        """Of the headers in `_WATCHED`, their names in lower case."""
        return cls(
            tuple(value.decode("latin-1").strip() for name, value in watched if name == _HOST),
            tuple(value.decode("latin-1").strip() for name, value in watched if name == _ORIGIN),
            frozenset((name, value.strip().lower()) for name, value in watched),
        )

    @property
    def foreign(self) -> bool:
        """Whether a browser says that a page of another origin, be it only another port, has sent it."""
        return not _FOREIGN.isdisjoint(self.fetch)

    def is_navigation(self, method: str) -> bool:
        """Whether a browser opens the answer as a page of its own, and not within another one."""
        wanted = {(b"sec-fetch-mode", b"navigate"), (b"sec-fetch-dest", b"document")}
        return method in _SAFE_METHODS and wanted <= self.fetch


def _name(host: str) -> str:
    """A Host header without its port; empty when it is no name with a port."""
    found = _HOST_AND_PORT.fullmatch(host)
    return (found["address"] or found["name"].rstrip(".").lower()) if found else ""


@functools.lru_cache(maxsize=_HOSTS_KEPT)
def _is_own_host(host: bytes, allowed: Allowed) -> bool:
    """Most requests carry nothing else that is looked at."""
    return _is_own(_name(host.decode("latin-1").strip()), allowed)


def _is_own(name: str, allowed: Allowed) -> bool:
    """Addresses cannot be bound anew, and `localhost` is this machine in every browser."""
    if name == _LOOPBACK or name.endswith(f".{_LOOPBACK}") or name in allowed.hosts:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_same(origin: str, host: str) -> bool:
    """Whether an origin is the service itself, by the name that it was called by."""
    scheme, _, authority = origin.lower().partition("://")
    default = {"http": ":80", "https": ":443"}.get(scheme)
    if default is None:
        return False
    host = host.lower()
    return authority.removesuffix(default) == host.removesuffix(default)


def _shown(text: str) -> str:
    return repr(text[:200])
