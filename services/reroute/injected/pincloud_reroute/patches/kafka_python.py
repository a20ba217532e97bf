"""kafka-python: brokers of MSK are the local one."""

from __future__ import annotations

import functools
from types import ModuleType
from typing import TYPE_CHECKING, Any, Callable

from .brokers import is_msk, say_moved

if TYPE_CHECKING:
    from ..process_context import Here

_CLASSES = ("KafkaProducer", "KafkaConsumer", "KafkaAdminClient")
_SECURITY = ("sasl_", "ssl_", "security_protocol", "bootstrap_servers")


def patch(module: ModuleType, here: Here) -> None:
    """Change the clients."""
    for name in _CLASSES:
        client = getattr(module, name)
        client.__init__ = _moved(client.__init__, here)


def _moved(original: Callable[..., None], here: Here) -> Callable[..., None]:
    @functools.wraps(original)
    def __init__(self: Any, *args: Any, **named: Any) -> None:
        servers = named.get("bootstrap_servers")
        if is_msk(servers):
            say_moved(servers, here)
            named = {name: v for name, v in named.items() if not name.startswith(_SECURITY)}
            named["bootstrap_servers"] = here.configuration.kafka
        original(self, *args, **named)

    return __init__
