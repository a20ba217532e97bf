"""Keeps other sites' pages away from Airflow by the rules of `services/http_guard.py`, which it cannot import.

Airflow's own cookie is SameSite=Lax, and so is sent by pages of every other port of this machine.
"""

import ipaddress
import json
import re
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_HOST_AND_PORT = re.compile(r"(?:\[(?P<address>[^\]]+)\]|(?P<name>[^:/@\[\]]+))(?::\d*)?")


class PageGuard:
    """ASGI middleware: answers 403 to a foreign Host or Origin, and to what another site's page sends."""

    def __init__(
        self, app: App, hosts: Collection[str] = (), origins: Collection[str] = ()
    ) -> None:
        """Guard an app; `hosts` (without port) and `origins` are let through beside this machine's own."""
        self._app = app
        self._hosts = frozenset(hosts)
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        why = self.refusal(scope) if scope["type"] == "http" else ""
        if not why:
            await self._app(scope, receive, send)
            return
        body = json.dumps({"detail": why}).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 403, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def refusal(self, scope: Scope) -> str:
        """Why a request is refused, or nothing."""
        sent = [(name.lower(), value.decode("latin-1").strip()) for name, value in scope["headers"]]
        found = dict(sent)
        host, origin = found.get(b"host", ""), found.get(b"origin")
        if sum(name == b"host" for name, _ in sent) > 1 or (host and not self._is_own(_name(host))):
            return "This Host is no name of this machine; ALLOWED_HOSTS takes further names."
        if origin is not None:
            if not _is_same(origin, host) and origin.lower() not in self._origins:
                return "A page of this Origin may not call; ALLOWED_ORIGINS takes further origins."
            return ""
        if found.get(b"sec-fetch-site") in {"cross-site", "same-site"} and not _is_navigation(
            scope, found
        ):
            return "A page of another origin has sent this; open the address itself."
        return ""

    def _is_own(self, name: str) -> bool:
        if name == "localhost" or name.endswith(".localhost") or name in self._hosts:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True


def _name(host: str) -> str:
    """A Host header without its port; empty when it is no name with a port."""
    found = _HOST_AND_PORT.fullmatch(host)
    return (found["address"] or found["name"].rstrip(".").lower()) if found else ""


def _is_same(origin: str, host: str) -> bool:
    scheme, _, authority = origin.lower().partition("://")
    default = {"http": ":80", "https": ":443"}.get(scheme)
    return default is not None and authority.removesuffix(default) == host.lower().removesuffix(
        default
    )


def _is_navigation(scope: Scope, found: dict[bytes, str]) -> bool:
    """Whether a person has followed a link."""
    wanted = ("navigate", "document")
    return scope["method"] in {"GET", "HEAD"} and wanted == (
        found.get(b"sec-fetch-mode"),
        found.get(b"sec-fetch-dest"),
    )
