"""The per-user cache for environments, jars and downloads."""

import contextlib
import hashlib
import platform
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from services.checkout.environment import variable
from services.checkout.location import PROJECT_ROOT

REQUIREMENTS = PROJECT_ROOT / "requirements"


def cache_root() -> Path:
    """`$PINCLOUD_CACHE`, else `pincloud` in the user's cache folder (XDG Base Directory)."""
    if chosen := variable("PINCLOUD_CACHE"):
        return Path(chosen).expanduser().resolve()
    base = variable("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "pincloud"


@contextlib.contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Hold the lock file beside a folder: two `make` at once must not build into one folder."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as handle:
        if sys.platform != "win32":
            import fcntl  # noqa: PLC0415 - not on Windows

            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def fingerprint(files: Iterable[Path]) -> str:
    """Twelve hex digits that change with the files' content, the interpreter and the platform."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    digest.update(f"{version} {sys.platform} {platform.machine()}".encode())
    return digest.hexdigest()[:12]
