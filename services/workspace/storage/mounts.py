"""What is mounted where: kept on disk, so that a mount outlives its session and every restart."""

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from services.files import lock_beside, write_private
from services.settings import Settings
from services.workspace.storage.dbfs_paths import PathError, parse

LINK = "fs.viewfs.mounttable.default.link."
"""Prefix of a session's settings that put an S3 prefix at a place of DBFS (Hadoop's ViewFs)."""

_PROJECT_BUCKET = re.compile(r"^user-(?P<user_id>[0-9a-f]{12})-bucket$")

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"

_BUCKET = re.compile(rf"{_LABEL}|(?:{_LABEL}\.)+(?=[A-Za-z]){_LABEL}")
"""What Java's URI takes for a host, and S3 for a bucket: Spark reads nothing from a bucket of another name."""

_NO_URI = re.compile(r"[^\w.~:/!$&'()*+,;=@-]", re.ASCII)
"""What Java's URI does not take in a path: Spark could open no session any more while it was mounted."""

_MANY_OBJECTS = {
    "spark.sql.sources.parallelPartitionDiscovery.threshold": "100000",
    "spark.sql.files.openCostInBytes": "65536",
}
"""Sinks of the course wrote an object a record. `*.json` over thousands of them would be listed by a task each, and
read by a task for every thirty: both cost several times the work itself."""


def session_conf(settings: Settings) -> dict[str, str]:
    """Settings of a session that sees DBFS as a notebook does: as the default file system, with its mounts."""
    return {"fs.defaultFS": "dbfs:///", **_MANY_OBJECTS, **links(settings)}


def links(settings: Settings) -> dict[str, str]:
    """The settings among those that are the mounts."""
    return {LINK + point: source for point, source in Mounts(settings).read().items()}


def s3_source(source: str) -> str:
    """What is mounted, as `s3a://<bucket>/<prefix>`: keys in the address are neither needed nor kept.

    Raises:
        PathError: it is no address of S3.
    """
    address = parse(source)
    if address.scheme != "s3a":
        raise PathError(
            f"Unsupported source {address}: only S3 can be mounted, s3a://<bucket>/<prefix>"
        )
    wrong = None if _BUCKET.fullmatch(address.bucket) else address.bucket
    if sign := _NO_URI.search(address.path):
        wrong = sign[0]
    if wrong:
        raise PathError(
            f"Unsupported source {address}: no bucket's address is or holds {wrong!r}. Is there a placeholder "
            "to fill in, or an f before its quotes missing? Write s3a://<bucket>/<prefix>; this stack's bucket "
            "is user-<USER_ID>-bucket."
        )
    return str(address)


def advice(bucket: str) -> str:
    """What a user can do about a bucket that the local S3 does not have."""
    named = _PROJECT_BUCKET.match(bucket)
    if named:
        return (
            f"The sink makes it with the first record of a topic {named['user_id']}.pin, .geo or .user: "
            f"run the posting script (`make run SCRIPT=… USER_ID={named['user_id']}`), then this again."
        )
    return "Mount the bucket of this stack, user-<USER_ID>-bucket, or create this one."


class Mounts:
    """The file of mounts: mount point (`/mnt/x`) → source (`s3a://bucket/prefix`)."""

    def __init__(self, settings: Settings) -> None:
        self._file = settings.workspace_state / "mounts.json"

    def read(self) -> dict[str, str]:
        """All mounts that can be used; what is the matter with the others is in `problems`."""
        return _sorted_out(self._kept())[0]

    def problems(self) -> list[str]:
        """What is kept and cannot be used, a sentence each: it is left out, so that everything else works."""
        try:
            faults = _sorted_out(self._parsed())[1]
        except ValueError as error:
            return [
                f"{self._file} cannot be read ({error}): nothing is mounted. Mount again, which replaces it."
            ]
        return [
            f"The mount {point} is left out: {fault} To forget it: dbutils.fs.unmount({point!r})"
            for point, fault in faults.items()
        ]

    def add(self, point: str, source: str) -> None:
        """Keep a mount.

        Raises:
            PathError: its place is taken, inside another mount, or around one.
        """
        with self._changing() as mounts:
            _refuse_overlap(point, _sorted_out(mounts)[0])
            mounts[point] = source

    def replace(self, point: str, source: str) -> None:
        """Keep a mount in the place of the one that is there."""
        with self._changing() as mounts:
            _require(point, mounts)
            mounts[point] = source

    def remove(self, point: str) -> None:
        """Forget a mount; what is mounted stays as it is.

        Raises:
            PathError: nothing is mounted there.
        """
        with self._changing() as mounts:
            _require(point, mounts)
            del mounts[point]

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Any]]:
        """The mounts, to be changed in place; nobody else changes them meanwhile; all is written or nothing."""
        with lock_beside(self._file):
            mounts = self._kept()
            yield mounts
            write_private(self._file, json.dumps(mounts, indent=1, sort_keys=True))

    def _kept(self) -> dict[str, Any]:
        try:
            return self._parsed()
        except ValueError:
            return {}

    def _parsed(self) -> dict[str, Any]:
        """What the file holds.

        Raises:
            ValueError: it was damaged.
        """
        try:
            kept = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        if not isinstance(kept, dict):
            raise ValueError("it holds no object of JSON")  # noqa: TRY004 - a damaged file, whichever way
        return kept


def _sorted_out(kept: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Mount point → source of those that can be used, and mount point → fault of the others."""
    good: dict[str, str] = {}
    faults: dict[str, str] = {}
    for point, source in kept.items():
        try:
            _refuse_overlap(point, good)
            good[point] = s3_source(str(source))
        except PathError as error:
            faults[point] = str(error)
    return good, faults


def _refuse_overlap(point: str, mounts: Mapping[str, str]) -> None:
    if posixpath.normpath("/" + point.lstrip("/")) != point:
        raise PathError(
            f"requirement failed: {point} is no mount point: write a path such as /mnt/x."
        )
    if point in mounts:
        raise PathError(f"requirement failed: Directory already mounted: {point}")
    if point == "/":
        raise PathError("requirement failed: The root of DBFS cannot be a mount point")
    for other in mounts:
        if point.startswith(f"{other}/") or other.startswith(f"{point}/"):
            raise PathError(
                f"requirement failed: Nested mounts are not supported: {point}, {other}"
            )


def _require(point: str, mounts: dict[str, Any]) -> None:
    if point not in mounts:
        raise PathError(f"requirement failed: Directory not mounted: {point}")
