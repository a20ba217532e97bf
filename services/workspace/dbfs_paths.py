"""The spellings of a path on Databricks, and the one place that each of them means.

`/x`, `dbfs:/x` and `dbfs:///x` are DBFS; `file:/x` is this machine's disk; `s3n://`, `s3://` and `s3a://`, with
or without `KEY:SECRET@`, are the local S3.
"""

import posixpath
import re
from dataclasses import dataclass
from typing import Literal

_S3 = re.compile(r"^s3[an]?://(?:(?P<keys>.*)@)?(?P<bucket>[^/@]*)(?P<rest>/.*)?$", re.DOTALL)
"""A key's secret may hold a slash that was not percent-encoded: all up to the last `@` is keys."""


class PathError(ValueError):
    """A path that means nothing here; the message says why and what to do."""


@dataclass(frozen=True)
class DbfsPath:
    """A normalised place.

    Attributes:
        scheme: `dbfs`, `file` or `s3a`.
        bucket: Of the local S3; empty elsewhere.
        path: Absolute, without `.`, `..`, doubled or trailing slashes.
    """

    scheme: Literal["dbfs", "file", "s3a"]
    bucket: str
    path: str

    def __str__(self) -> str:
        return f"{self.scheme}:{f'//{self.bucket}' if self.bucket else ''}{self.path}"

    @property
    def name(self) -> str:
        """The last part; empty for a root."""
        return posixpath.basename(self.path)


def parse(text: str) -> DbfsPath:
    """Read any of the spellings.

    Raises:
        PathError: it is none of them.
    """
    match = _S3.match(text)
    if match:
        return DbfsPath("s3a", match["bucket"], _absolute(match["rest"] or "/"))
    scheme, separator, rest = text.partition(":/")
    if not separator or "/" in scheme:
        scheme, rest = "dbfs", text
    if scheme not in {"dbfs", "file"}:
        raise PathError(f"{text}: no file system for {scheme}:/. Use dbfs:/, file:/ or s3a://.")
    path = _absolute(rest)
    if scheme == "dbfs" and (path == "/Volumes" or path.startswith("/Volumes/")):
        raise PathError(
            f"{text}: there is no Unity Catalog here, and so no volumes. Use dbfs:/FileStore/…"
        )
    return DbfsPath("file" if scheme == "file" else "dbfs", "", path)


def spark_path(text: str) -> str:
    """A path as Spark should get it: S3 without keys and as `s3a://`, the rest unchanged.

    Keys in an address would show in plans, errors and the Spark UI; the local S3 has the server's own anyway.
    """
    match = _S3.match(text)
    return f"s3a://{match['bucket']}{match['rest'] or '/'}" if match else text


def _absolute(path: str) -> str:
    return posixpath.normpath("/" + path.lstrip("/"))
