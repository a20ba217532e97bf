"""What is mounted where: kept on disk, so that a mount outlives its session and every restart."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.settings import Settings

_LINK = "fs.viewfs.mounttable.default.link."
"""Prefix of a session's settings that put an S3 prefix at a place of DBFS (Hadoop's ViewFs)."""


def session_conf(settings: Settings) -> dict[str, str]:
    """Settings of a session that see DBFS as a notebook does: as the default file system, with its mounts."""
    links = {_LINK + point: source for point, source in Mounts(settings).read().items()}
    return {"fs.defaultFS": "dbfs:///", **links}


def link_conf(mount_point: str) -> str:
    """Name of the session setting that holds one mount's source."""
    return _LINK + mount_point


class Mounts:
    """The file of mounts: mount point (`/mnt/x`) → source (`s3a://bucket/prefix`, never with keys)."""

    def __init__(self, settings: Settings) -> None:
        self._file = settings.workspace_state / "mounts.json"

    def read(self) -> dict[str, str]:
        """All mounts.

        Raises:
            RuntimeError: the file was damaged.
        """
        try:
            mounts: dict[str, str] = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise RuntimeError(
                f"{self._file} cannot be read ({error}). Delete it and mount again."
            ) from error
        return mounts

    @contextmanager
    def changing(self) -> Iterator[dict[str, str]]:
        """The mounts, to be changed in place; nobody else changes them meanwhile, and all is written or nothing."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with _locked(self._file.with_suffix(".lock")):
            mounts = self.read()
            yield mounts
            scratch = self._file.with_suffix(".new")
            scratch.write_text(json.dumps(mounts, indent=1, sort_keys=True), encoding="utf-8")
            scratch.replace(self._file)


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
