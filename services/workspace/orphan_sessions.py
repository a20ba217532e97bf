"""Spark sessions of notebooks that are no more.

Spark keeps a session, with its streams, when the process that opened it was killed. Each kernel holds a lock on
`<workspace state>/sessions/<session id>` for as long as it lives: an unlocked file means a session to end. The
call is made by hand, since PySpark would take 100 MB of this long-lived process.
"""

import logging
from pathlib import Path

import grpc

from services import spark_connect
from services.files import is_locked
from services.settings import Settings

_USER = "notebook"
_METHOD = "/spark.connect.SparkConnectService/ReleaseSession"
_TIMEOUT = 10.0

Metadata = tuple[tuple[str, str], ...]

log = logging.getLogger(__name__)


def end_orphans(settings: Settings) -> list[str]:
    """End the sessions of kernels that have died; return their names.

    A session that cannot be ended now, because Spark is down, has ended with it.
    """
    folder = settings.workspace_state / "sessions"
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    orphans = [file for file in files if not file.name.startswith(".") and _is_unlocked(file)]
    if orphans:
        with grpc.insecure_channel(spark_connect.target(settings)) as channel:
            for file in orphans:
                _end(channel, file, spark_connect.metadata(settings))
    return [file.name for file in orphans]


def _is_unlocked(file: Path) -> bool:
    try:
        return not is_locked(file)
    except FileNotFoundError:
        return False


def _end(channel: grpc.Channel, file: Path, metadata: Metadata) -> None:
    release = channel.unary_unary(_METHOD)
    try:
        release(release_request(file.name, _USER), timeout=_TIMEOUT, metadata=metadata)
    except grpc.RpcError as error:
        log.info("session %s was not ended: %s", file.name, error)
    file.unlink(missing_ok=True)


def release_request(session_id: str, user_id: str) -> bytes:
    """A `ReleaseSessionRequest`: field 1 is the session's id, field 2 the user, whose field 1 is the user's id."""
    return _field(1, session_id.encode()) + _field(2, _field(1, user_id.encode()))


def _field(number: int, content: bytes) -> bytes:
    """A length-delimited field of Protocol Buffers; none of ours is longer than 127 bytes."""
    return bytes([number << 3 | 2, len(content)]) + content
