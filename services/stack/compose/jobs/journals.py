"""Journals of scripts that ran on this machine, brought to the volume where the ledger counts.

Each is written on this machine (`<state>/journals/<layer>/<run>-<process>.jsonl`), read by the volume's own user, and
deleted here once it is there: what is left here is what has not been counted yet.
"""

import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from services.settings import load_settings
from services.stack.compose.jobs.job import ContainerJob, run_job
from services.stack.compose.project import Project
from services.stack.python_module import run_here


class TransferError(Exception):
    """Journals did not reach the volume; the message says where they are."""


def run_script(project: Project, arguments: Sequence[str]) -> int:
    """Run a posting script on this machine, then bring its journals home, however it ended.

    Raises:
        TransferError: they could not be brought home.
    """
    code: int | str | None = 0
    try:
        run_here("services.reroute", arguments)
    except SystemExit as end:
        code = end.code
    finally:
        transfer(project)
    return code if isinstance(code, int) else int(code is not None)


def transfer(project: Project) -> None:
    """Bring all journals that are on this machine to the volume.

    Raises:
        TransferError: they could not be brought there; they stay where they are.
    """
    folder = load_settings().journal_dir.resolve()
    files = sorted(folder.glob("*/*.jsonl"))
    if not files:
        return
    with tempfile.TemporaryFile() as archive:
        _pack(folder, files, archive)
        if _send(project, archive):
            raise TransferError(
                f"The journals in {folder} did not reach the stack, so the ledger does not count them yet. "
                "Is it up? `make status`; then `make ledger` brings them there."
            )
    for file in files:
        file.unlink()


def _pack(folder: Path, files: Sequence[Path], archive: IO[bytes]) -> None:
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for file in files:
            tar.add(file, str(file.relative_to(folder)))
    archive.seek(0)


def _send(project: Project, archive: IO[bytes]) -> int:
    return run_job(
        project,
        ContainerJob("posting", ["services.stack.compose.jobs.receive_journals"], stdin=archive),
    )
