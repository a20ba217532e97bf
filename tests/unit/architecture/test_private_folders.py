"""What belongs to a stack is its user's alone, whichever command makes it first."""

import re
from pathlib import Path

from services.settings import PROJECT_ROOT

_MKDIR = re.compile(r"\.mkdir\([^)]*parents=|makedirs\(")
_ALLOWED = {
    "services/reroute/injected/pincloud_reroute/credentials/writing.py",  # the user's own project
    "services/setup/jars.py",  # the cache that checkouts share
    "services/stack/compose/assembly.py",  # the user's own DAGs, which a container reads
    "services/stack/native/scratch.py",  # a test's
    "services/workspace/storage/local_store.py",  # `file:/…`, where the user's own folders are
}


def _makers() -> list[Path]:
    files = [
        file for room in ("services", "spark_jobs") for file in (PROJECT_ROOT / room).rglob("*.py")
    ]
    return [file for file in files if _MKDIR.search(file.read_text(encoding="utf-8"))]


def test_folders_are_made_in_one_way() -> None:
    """`services.files.private_folder` closes all that it makes; `mkdir(parents=True)` leaves those above open."""
    makers = {file.relative_to(PROJECT_ROOT).as_posix() for file in _makers()}
    assert makers & _ALLOWED
    assert makers - _ALLOWED == set()
