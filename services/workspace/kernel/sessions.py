"""Which sessions the notebooks hold on the Spark server, so that none outlives its notebook.

Spark keeps a session and its streams when the process that opened it is killed. Each notebook therefore keeps a
file with its session's name, locked for as long as its process lives; whoever finds it unlocked ends the session.
"""

import fcntl
import os
from pathlib import Path
from typing import IO
from uuid import uuid4

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql.connect.session import SparkSession as ConnectSession

from services.settings import Settings

_USER = "notebook"

_held: list[IO[str]] = []
"""Open for as long as this process lives: closing the file would give up its lock."""


def address(settings: Settings, session_id: str) -> str:
    """Where and under which name Spark knows a notebook's session."""
    return f"{settings.spark_remote}/;user_id={_USER};session_id={session_id}"


def hold(settings: Settings) -> str:
    """A new session's name; it is given up when this process ends, however it ends."""
    session_id = str(uuid4())
    folder = _folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    handle = (folder / f".{session_id}").open("w")
    fcntl.flock(handle, fcntl.LOCK_EX)
    os.replace(handle.name, folder / session_id)  # noqa: PTH105 - a held handle is renamed
    _held.append(handle)
    return session_id


def release_orphans(settings: Settings) -> list[str]:
    """End the sessions of notebooks that are no more, with their streams; return the sessions' names.

    Spark may be down: the sessions have then ended with it.
    """
    folder = _folder(settings)
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return [file.name for file in files if _orphaned(file) and _release(settings, file)]


def _orphaned(file: Path) -> bool:
    if file.name.startswith("."):
        return False
    try:
        with file.open() as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except (BlockingIOError, FileNotFoundError):
        return False
    return True


def _release(settings: Settings, file: Path) -> bool:
    try:
        ConnectSession(address(settings, file.name)).client.release_session()
    except PySparkException:
        return False
    finally:
        file.unlink(missing_ok=True)
    return True


def end(spark: SparkSession) -> None:
    """End a session on the server, with its streams."""
    spark.client.release_session()


def _folder(settings: Settings) -> Path:
    return settings.workspace_state / "sessions"
