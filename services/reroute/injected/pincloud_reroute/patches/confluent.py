"""confluent-kafka: brokers of MSK are the local one."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from .brokers import is_msk, say_moved

if TYPE_CHECKING:
    from ..process_context import Here

_BOOTSTRAP = ("bootstrap.servers", "metadata.broker.list")
_SECURITY = ("sasl.", "ssl.", "security.protocol", "oauth_cb", *_BOOTSTRAP)


def patch(module: ModuleType, here: Here) -> None:
    """Put classes in the place of the C ones, before the package hands them out."""
    for name in ("Producer", "Consumer"):
        setattr(module, name, _rerouted(getattr(module, name), here))


def _rerouted(original: Any, here: Here) -> Any:
    def __init__(self: Any, *args: Any, **named: Any) -> None:
        wanted = {**(args[0] if args else {}), **named}
        original.__init__(self, moved(wanted, here), *args[1:])

    return type(original.__name__, (original,), {"__init__": __init__, "__doc__": original.__doc__})


def moved(wanted: dict[str, Any], here: Here) -> dict[str, Any]:
    """A client's configuration, with the local broker where it named MSK's."""
    servers = next((wanted[name] for name in _BOOTSTRAP if name in wanted), None)
    if not is_msk(servers):
        return wanted
    say_moved(servers, here)
    kept = {name: value for name, value in wanted.items() if not name.startswith(_SECURITY)}
    return {**kept, "bootstrap.servers": here.configuration.kafka}
