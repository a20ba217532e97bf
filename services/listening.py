"""What keeps a service from serving, told apart: a port that is taken, a full disk, a file that it may not touch."""

import contextlib
import errno
import socket
from collections.abc import Iterator


class PortTakenError(OSError):
    """Something else listens there; the message says where."""


@contextlib.contextmanager
def binding(host: str, port: int) -> Iterator[None]:
    """Around what binds a socket: its failure says which address it was about.

    Raises:
        PortTakenError: it is taken.
        OSError: this machine has no such address, or the port is reserved.
    """
    try:
        yield
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(f"port {port} of {host} is taken") from error
        raise OSError(f"cannot listen on {host}:{port}: {error.strerror or error}") from error


def check_free(host: str, port: int) -> None:
    """Refuse a port that is taken: granian would share it with another granian, unseen.

    Raises:
        PortTakenError: it is taken.
        OSError: see `binding`.
    """
    with binding(host, port):
        socket.create_server((host, port)).close()


def reason(error: OSError, setting: str) -> str:
    """Why a service ended or never began, and what to do; `setting` is that of its port."""
    if isinstance(error, PortTakenError):
        return f"{error}: set another {setting}, or stop what holds it"
    file = f" ({error.filename})" if error.filename else ""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return f"stopped: the disk is full{file}. Free some space, then start it again."
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return f"stopped: {error.strerror}{file}. Is it another user's, or read-only?"
        case errno.EMFILE | errno.ENFILE:
            return (
                "stopped: too many open files. Raise the limit (`ulimit -n`), then start it again."
            )
    if isinstance(error, TimeoutError) and not str(error):
        return "stopped: an answer did not come in time"
    return f"stopped: {error}"
