"""The sessions that this process has on the Spark server, and the locked file of each.

Spark keeps a session and its streams when the process that opened it is killed. Each notebook therefore keeps a
file with its session's name, locked for as long as its process lives; whoever finds it unlocked ends the session
(`services.workspace.orphan_sessions`).
"""

import socket
from pathlib import Path
from typing import IO
from uuid import uuid4

from pyspark.errors import PySparkException
from pyspark.sql.connect.client import SparkConnectClient

from services import spark_connect
from services.files import lock
from services.settings import Settings

_USER = "notebook"

_CONNECT_TIMEOUT = 5.0
"""Seconds to wait for the server's port; Spark's own client would try for minutes."""

_lock_files: dict[str, IO[bytes]] = {}
"""Open for as long as this process lives: closing a file gives up its lock."""


def connection_string(settings: Settings, session_id: str) -> str:
    """Spark Connect's connection string of a session: `sc://host:port/;…;user_id=…;session_id=…`."""
    return spark_connect.connection_string(settings, user_id=_USER, session_id=session_id)


def is_reachable(settings: Settings) -> bool:
    """Whether something listens at Spark's address."""
    address = spark_connect.endpoint(settings)
    try:
        socket.create_connection(address, timeout=_CONNECT_TIMEOUT).close()
    except OSError:
        return False
    return True


def register(settings: Settings) -> str:
    """Lock the file of a new session, and return the session's id; the lock ends with this process, however it ends."""
    session_id = str(uuid4())
    folder = _folder(settings)
    unnamed = folder / f".{session_id}"
    handle = lock(unnamed)
    unnamed.rename(folder / session_id)
    _lock_files[session_id] = handle
    return session_id


def release(settings: Settings, session_id: str) -> None:
    """End a session of this process on the server, with its streams."""
    _release_on_server(settings, _folder(settings) / session_id)
    _lock_files.pop(session_id).close()


def _release_on_server(settings: Settings, file: Path) -> None:
    if is_reachable(settings):
        client = SparkConnectClient(connection_string(settings, file.name))
        try:
            client.release_session()
        except PySparkException:
            pass  # the server was restarted meanwhile, and knows the session no more
        finally:
            client.close()
    file.unlink(missing_ok=True)


def _folder(settings: Settings) -> Path:
    return settings.workspace_state / "sessions"
