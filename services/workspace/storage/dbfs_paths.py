"""The spellings of a path on Databricks, and the one address that each of them means.

`/x`, `dbfs:/x`, `dbfs:///x` and `file:/dbfs/x` are DBFS; any other `file:/x` is this machine's disk;
`s3n://`, `s3://` and `s3a://`, with or without `KEY:SECRET@`, are the local S3.
"""

import posixpath
import re
from dataclasses import dataclass
from typing import Literal, cast

_S3 = re.compile(r"^s3[an]?://(?:[^/@]*:[^@]*@)?(?P<bucket>[^/@]+)(?P<rest>/.*)?$", re.DOTALL)
"""A secret may hold slashes that nobody percent-encoded: all from the colon to the `@` is the secret."""

_OTHER = re.compile(r"^(?P<scheme>[A-Za-z][\w+.-]*):(?P<rest>/.*)?$", re.DOTALL)

_ON_DRIVER = re.compile(r"^file:(?:/{0,2})/dbfs(?:/(?P<rest>.*)|$)", re.DOTALL)

_HALVES = re.compile("[\ud800-\udfff]")

_DRIVER = "/dbfs/"
"""Where the driver's file system shows DBFS."""

_NOT_HERE = {
    "/Volumes": "there is no Unity Catalog here, and so no volumes. Put the file below dbfs:/FileStore instead",
    "/databricks-datasets": "Databricks' sample data sets are not part of this workspace. Bring a copy of the "
    "files: dbutils.fs.cp('file:/<where they are>', 'dbfs:/FileStore/…', True)",
}


class PathError(ValueError):
    """A path that cannot be used here; the message says why and what to do."""


@dataclass(frozen=True)
class Address:
    """Where a path leads.

    Attributes:
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

    def child(self, name: str) -> "Address":
        """What lies in it under a name, or under several with `/` between them."""
        return Address(self.scheme, self.bucket, posixpath.join(self.path, name))


def parse(text: str) -> Address:
    """Read any of the spellings.

    Raises:
        PathError: it is none of them, or names what this workspace does not have.
    """
    _require_text(text)
    if s3 := _S3.match(text):
        return Address("s3a", s3["bucket"], _normalised(s3["rest"] or "/"))
    scheme, path = _split(text)
    if not path.startswith("/"):
        raise PathError(f"Path must be absolute: {text}")
    if scheme not in {"dbfs", "file"}:
        raise PathError(
            f"No FileSystem for scheme: {scheme}. Use dbfs:/, file:/ or s3a://<bucket>/"
        )
    path = _normalised(path)
    if scheme == "file" and f"{path}/".startswith(_DRIVER):
        scheme, path = "dbfs", path[len(_DRIVER) - 1 :] or "/"
    if scheme == "dbfs":
        _refuse_absent(path)
    return Address(cast(Literal["dbfs", "file"], scheme), "", path)


def spark_path(text: str) -> str:
    """A path as Spark should get it: S3 without keys and as `s3a://`, DBFS by no driver's path, the rest unchanged.

    Keys in an address would show in plans, errors and the Spark UI; the server has the local S3's own anyway.
    """
    if s3 := _S3.match(text):
        return f"s3a://{s3['bucket']}{s3['rest'] or '/'}"
    on_driver = _ON_DRIVER.match(text)
    return f"dbfs:/{on_driver['rest'] or ''}" if on_driver else text


def require_name(name: str, folder: str) -> None:
    """Refuse what was found in a folder and is no file's name: an object's key may be any text.

    Raises:
        PathError: it is empty, `.` or `..`, and would lead out of the folder of a copy; or no file can have it.
    """
    _require_text(name)
    if name in {"", ".", ".."}:
        raise PathError(
            f"{folder} holds keys that go on with {name + '/'!r}, which are no paths below it. Nothing was "
            "copied. Delete those objects, or copy them one by one under another name: both with boto3."
        )


def _require_text(path: str) -> None:
    """Refuse what no file system takes in a name: a NUL, or half of a surrogate pair."""
    if "\0" in path or (not path.isascii() and _HALVES.search(path)):
        raise PathError(f"{path!r} is no path: it holds a character that no file's name can.")


def _split(text: str) -> tuple[str, str]:
    match = _OTHER.match(text)
    return (match["scheme"].lower(), match["rest"] or "/") if match else ("dbfs", text)


def _normalised(path: str) -> str:
    return posixpath.normpath("/" + path.lstrip("/"))


def _refuse_absent(path: str) -> None:
    for root, reason in _NOT_HERE.items():
        if path == root or path.startswith(f"{root}/"):
            raise PathError(f"dbfs:{path}: {reason}.")
