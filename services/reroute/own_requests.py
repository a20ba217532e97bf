"""Keeps web pages away from a run's proxy, whose requests carry the names of rented hosts by design."""

from typing import Any

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from services.http_guard import Allowed, App, Receive, Scope, Send, allowed, refusal, refuse
from services.reroute.injected.pincloud_reroute.hosts import is_api
from services.settings import Settings


class OwnRequests:
    """ASGI middleware: a Host must be one that is rerouted, and no page of any origin may call.

    Nobody but Amazon can bind a name that is rerouted to this machine.
    """

    def __init__(self, app: App, settings: Settings) -> None:
        self._app = app
        self._always = allowed(
            hosts=f"{settings.allowed_hosts},{parse_url(settings.gateway_url).host or ''}"
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        why = refusal(scope["method"], scope["headers"], self._allowed(scope))
        if why is None:
            await self._app(scope, receive, send)
        else:
            await refuse(send, why)

    def _allowed(self, scope: Scope) -> Allowed:
        rerouted = (_rerouted(value) for name, value in scope["headers"] if name == b"host")
        return Allowed(self._always.hosts | {name for name in rerouted if name})


def _rerouted(host: Any) -> str:
    """The name in a Host header, in lower case and without a last dot; empty when it is not rerouted."""
    try:
        url = parse_url(f"//{host.decode('latin-1')}")
    except LocationParseError:
        return ""
    name = (url.host or "").lower()
    return name.rstrip(".") if is_api(name, url.port) else ""
