"""What the arguments of libraries' functions are called, by position and by `**`."""

from __future__ import annotations

from typing import Any

_KEYS = ("aws_access_key_id", "aws_secret_access_key", "region_name")
_CONNECT = ("host", "user", "password", "database", "port")
ENGINE_URL, PUT_URL = "engine_url", "put_url"
"""What `create_engine` and a PUT take, whatever it is called."""
POSITIONS: dict[str, Any] = {
    "connect": _CONNECT,
    "Connection": _CONNECT,
    "create": ("drivername", "username", "password", "host", "port", "database"),
    "create_engine": (ENGINE_URL,),
    "post": ("url",),
    "put": (PUT_URL,),
    "Bucket": ("bucket",),
}
SPLATS: dict[str, Any] = {
    "connect": _CONNECT,
    "Connection": _CONNECT,
    "create": POSITIONS["create"],
    "client": _KEYS,
    "resource": _KEYS,
    "Session": _KEYS,
    "KafkaProducer": ("bootstrap_servers",),
}
