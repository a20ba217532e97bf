"""Kafka's clients, confluent-kafka and kafka-python: brokers of MSK are the local one."""

from __future__ import annotations

import functools
from types import ModuleType
from typing import TYPE_CHECKING, Any, Callable

from ..hosts import is_broker
from ..notes import BROKER

if TYPE_CHECKING:
    from ..process_context import ProcessContext

_BOOTSTRAP = ("bootstrap.servers", "metadata.broker.list")
_CONFLUENT_REPLACED = ("sasl.", "ssl.", "security.protocol", "oauth_cb", *_BOOTSTRAP)
_KAFKA_PYTHON_CLIENTS = ("KafkaProducer", "KafkaConsumer", "KafkaAdminClient")
_KAFKA_PYTHON_REPLACED = ("sasl_", "ssl_", "security_protocol", "bootstrap_servers")


def patch_confluent(module: ModuleType, context: ProcessContext) -> None:
    """Put classes in the place of the C ones, before the package hands them out."""
    for name in ("Producer", "Consumer"):
        setattr(module, name, _confluent_client(getattr(module, name), context))


def _confluent_client(original: Any, context: ProcessContext) -> Any:
    def __init__(self: Any, *args: Any, **named: Any) -> None:
        wanted = {**(args[0] if args else {}), **named}
        original.__init__(self, _rerouted(wanted, context), *args[1:])

    return type(original.__name__, (original,), {"__init__": __init__, "__doc__": original.__doc__})


def _rerouted(wanted: dict[str, Any], context: ProcessContext) -> dict[str, Any]:
    """A client's configuration, with the local broker where it named MSK's."""
    servers = next((wanted[name] for name in _BOOTSTRAP if name in wanted), None)
    if not is_msk(servers):
        return wanted
    _say_rerouted(servers, context)
    kept = {
        name: value for name, value in wanted.items() if not name.startswith(_CONFLUENT_REPLACED)
    }
    return {**kept, "bootstrap.servers": context.configuration.kafka}


def patch_kafka_python(module: ModuleType, context: ProcessContext) -> None:
    for name in _KAFKA_PYTHON_CLIENTS:
        client = getattr(module, name)
        client.__init__ = _kafka_python_init(client.__init__, context)


def _kafka_python_init(
    original: Callable[..., None], context: ProcessContext
) -> Callable[..., None]:
    @functools.wraps(original)
    def __init__(self: Any, *args: Any, **named: Any) -> None:
        servers = named.get("bootstrap_servers")
        if is_msk(servers):
            _say_rerouted(servers, context)
            named = {
                name: v for name, v in named.items() if not name.startswith(_KAFKA_PYTHON_REPLACED)
            }
            named["bootstrap_servers"] = context.configuration.kafka
        original(self, *args, **named)

    return __init__


def _listed(servers: Any) -> list[str]:
    """Texts or one text with commas, as a list."""
    if isinstance(servers, str):
        return [server.strip() for server in servers.split(",") if server.strip()]
    return [server for server in servers or () if isinstance(server, str)]


def is_msk(servers: Any) -> bool:
    """Whether one of them at least is MSK's."""
    return any(is_broker(server) for server in _listed(servers))


def _say_rerouted(servers: Any, context: ProcessContext) -> None:
    """Tell the user, once for each broker."""
    for server in _listed(servers):
        context.notes.add(BROKER, f"Kafka at {server}")
        context.say(f"Kafka at {server} → {context.configuration.kafka}", key=f"kafka {server}")
