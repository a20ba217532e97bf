"""Further Spark Connect clients of a notebook: those of the stack's own server carry the token, too."""

from collections.abc import Iterable
from typing import Any

from pyspark.sql.connect.client import DefaultChannelBuilder

from services import spark_connect
from services.settings import Settings
from services.workspace.kernel.patches.patching import Method, replace_method

Headers = Iterable[tuple[str, str]]

_LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}


def install(settings: Settings) -> None:
    """`SparkSession.builder.remote("sc://localhost:15002").create()` needs no more than it did without a token.

    A server elsewhere gets nothing: the token is of this stack alone.
    """
    own = spark_connect.target(settings)

    def with_token(original: Method) -> Method:
        def metadata(builder: DefaultChannelBuilder) -> Headers:
            found = [*original(builder)]
            named = any(name == "authorization" for name, _ in found)
            if named or builder.secure or not _is_same(builder.endpoint, own):
                return found
            return [*found, *spark_connect.metadata(settings)]

        return metadata

    replace_method(DefaultChannelBuilder, "metadata", with_token)


def _is_same(endpoint: Any, own: str) -> bool:
    host, _, port = str(endpoint).rpartition(":")
    own_host, _, own_port = own.rpartition(":")
    return port == own_port and (host == own_host or {host, own_host} <= _LOOPBACK)
