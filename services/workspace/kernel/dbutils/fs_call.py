"""How a call of `dbutils.fs` is made: parameters in each of Databricks' spellings, errors in its words."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from services.workspace.storage.dbfs_paths import PathError
from services.workspace.storage.mounts import advice

_P = ParamSpec("_P")
_R = TypeVar("_R")


class ExecutionError(Exception):
    """A call of `dbutils.fs` failed; notebooks know it by this name, and by the Java names in its text."""


_JAVA_EXCEPTIONS: dict[type[Exception], str] = {
    FileNotFoundError: "java.io.FileNotFoundException",
    FileExistsError: "org.apache.hadoop.fs.FileAlreadyExistsException",
    PermissionError: "java.nio.file.AccessDeniedException",
    PathError: "java.lang.IllegalArgumentException",
    OSError: "java.io.IOException",
    ClientError: "java.io.IOException",
    BotoCoreError: "java.io.IOException",
}
"""Name of each failure on Databricks; the first that fits."""

_REMOTE = {"mount", "updateMount", "unmount"}
"""Calls that Databricks makes on another machine, which its errors show."""


def aliases(**names: str) -> Callable[[Callable[..., _R]], Callable[..., _R]]:
    """Let a call take the names that its parameters had over the years: `aliases(maxBytes="max_bytes")`."""

    def take(call: Callable[..., _R]) -> Callable[..., _R]:
        @wraps(call)
        def run(*args: Any, **named: Any) -> _R:
            return call(*args, **{names.get(name, name): value for name, value in named.items()})

        return run

    return take


def execution_errors(call: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let every failure of a call come as an ExecutionError, whose text Databricks' users search for its words."""

    @wraps(call)
    def run(*args: _P.args, **named: _P.kwargs) -> _R:
        try:
            return call(*args, **named)
        except tuple(_JAVA_EXCEPTIONS) as error:
            raise ExecutionError(_text(call.__name__, error)) from None

    return run


def _text(name: str, error: Exception) -> str:
    java = next(java for kind, java in _JAVA_EXCEPTIONS.items() if isinstance(error, kind))
    cause = f"{java}: {_reason(error)}"
    if name in _REMOTE:
        cause = f"java.rmi.RemoteException: {cause}; nested exception is: \n\t{cause}"
    return (
        "An error occurred while calling "
        f"z:com.databricks.backend.daemon.dbutils.FSUtils.{name}.\n: {cause}"
    )


def _reason(error: Exception) -> str:
    """Python's own errors of files begin with a number that says nothing."""
    if isinstance(error, ClientError) and error.response["Error"]["Code"] == "NoSuchBucket":
        bucket = str(error.response["Error"].get("BucketName", ""))
        return f"The local S3 has no bucket {bucket}. {advice(bucket)}"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return str(error)
