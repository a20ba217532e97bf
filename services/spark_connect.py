"""Reaching Spark Connect: its address, and the token that every call carries.

The token travels as a header of its own making, not as PySpark's `token=`: that one insists on TLS for every host but
`localhost`, while the port is one of this machine's loopback or of a network of containers.
"""

from urllib.parse import quote, urlsplit

from services.settings import Settings

_DEFAULT_PORT = 15002

UNAUTHENTICATED = "UNAUTHENTICATED"
"""gRPC's word for a token that is missing or wrong; it stands in the text of PySpark's errors."""


def connection_string(settings: Settings, **parameters: str) -> str:
    """What PySpark connects with: `sc://host:port/;authorization=Bearer%20…`; a secret when there is a token."""
    address, *own = settings.spark_remote.split(";")
    more = {**dict(metadata(settings)), **parameters}
    pairs = [*own, *(f"{name}={quote(value, safe='')}" for name, value in more.items())]
    return ";".join([address.rstrip("/") + "/", *pairs]) if pairs else address


def metadata(settings: Settings) -> tuple[tuple[str, str], ...]:
    """Headers of a call by gRPC."""
    token = settings.spark_token.get_secret_value()
    return (("authorization", f"Bearer {token}"),) if token else ()


def endpoint(settings: Settings) -> tuple[str, int]:
    """Host and port."""
    address = urlsplit(settings.spark_remote.partition(";")[0])
    return address.hostname or "", address.port or _DEFAULT_PORT


def target(settings: Settings) -> str:
    """The endpoint as gRPC writes it."""
    host, port = endpoint(settings)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def refused_token(settings: Settings) -> str:
    """What to say when the server answers UNAUTHENTICATED."""
    return (
        f"Spark at {settings.spark_remote} does not take this SPARK_TOKEN. It takes the one of .env at its start: "
        "`make restart SERVICE=spark` if that was changed since, or else put the right one into .env."
    )
