"""`http.client`, and with it urllib, requests and urllib3: what they have in common."""

from __future__ import annotations

import functools
from types import ModuleType
from typing import TYPE_CHECKING, Any, Callable

from ..stop import HEADER
from .proxy_connections import connect_to_door, goes_to_gateway

if TYPE_CHECKING:
    from ..process_context import Here


def patch(module: ModuleType, here: Here) -> None:
    """Change both connection classes."""
    plain = module.HTTPConnection
    connect_to_door(plain, here)
    connect_to_door(module.HTTPSConnection, here)
    plain.putrequest = _checked(plain.putrequest, here)
    plain.getresponse = _heeded(plain.getresponse, here)


def _checked(original: Callable[..., Any], here: Here) -> Callable[..., Any]:
    @functools.wraps(original)
    def putrequest(self: Any, *args: Any, **named: Any) -> Any:
        if goes_to_gateway(self, here):
            here.stop.check()
        return original(self, *args, **named)

    return putrequest


def _heeded(original: Callable[..., Any], here: Here) -> Callable[..., Any]:
    @functools.wraps(original)
    def getresponse(self: Any, *args: Any, **named: Any) -> Any:
        response = original(self, *args, **named)
        if goes_to_gateway(self, here):
            here.stop.heed(response.headers.get(HEADER))
        return response

    return getresponse
