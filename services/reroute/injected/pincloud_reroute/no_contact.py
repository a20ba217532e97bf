"""Ends a script before it reaches out: it was started only to have its missing files written."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .process_context import ProcessContext

_CONTACTS = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname"}


def offer(context: ProcessContext) -> None:
    """Watch what Python itself reports of connections, whichever library makes them."""
    if not context.configuration.write:
        return

    def watch(event: str, _arguments: Any) -> None:
        if event in _CONTACTS:
            context.stop.leave()

    sys.addaudithook(watch)
