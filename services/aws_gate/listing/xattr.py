"""What s3proxy notes beside a file: an object's ETag. Python reads such attributes on Linux only."""

import os
import sys

SUPPORTED = sys.platform == "linux"
"""Elsewhere s3proxy lists by itself: right, but slow beyond some thousand keys under one prefix."""

_ETAG = "user.user.content-md5"
_MD5_BYTES = 16


def etag(file: str | bytes) -> str | None:
    """An object's ETag without quotes; None for a file that is no whole object.

    Raises:
        FileNotFoundError: it is gone.
    """
    value = _read(file)
    if value is None:
        return None
    return value.hex() if len(value) == _MD5_BYTES else value.decode("ascii", "replace").strip('"')


def _read(file: str | bytes) -> bytes | None:
    if sys.platform != "linux":
        return None
    try:
        return os.getxattr(file, _ETAG)
    except FileNotFoundError:
        raise
    except OSError:
        return None
