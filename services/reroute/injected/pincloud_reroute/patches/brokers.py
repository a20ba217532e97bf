"""Addresses of brokers, as Kafka's clients take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..hosts import is_broker

if TYPE_CHECKING:
    from ..process_context import Here


def listed(servers: Any) -> list[str]:
    """Texts or one text with commas, as a list."""
    if isinstance(servers, str):
        return [server.strip() for server in servers.split(",") if server.strip()]
    return [server for server in servers or () if isinstance(server, str)]


def is_msk(servers: Any) -> bool:
    """Whether one of them at least is MSK's."""
    return any(is_broker(server) for server in listed(servers))


def say_moved(servers: Any, here: Here) -> None:
    """Tell the user, once for each broker."""
    for server in listed(servers):
        here.say(f"Kafka at {server} → {here.configuration.kafka}", key=f"kafka {server}")
