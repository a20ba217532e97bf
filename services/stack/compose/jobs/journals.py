"""Journals of scripts that ran on this machine, brought to the volume where the ledger counts.

Each is written on this machine (`<state>/journals/<layer>/<run>-<process>.jsonl`), read by the volume's own user, and
deleted here once it is there whole. Of one whose writer still runs the lines so far are brought, and the file stays:
it is brought again, in the earlier one's place.
"""

import contextlib
import io
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from services.files import lock, lock_open
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
    """Bring all journals that are on this machine to the volume; one transfer at a time, so that no older one is last.

    Raises:
        TransferError: they could not be brought there; they stay where they are.
    """
    folder = load_settings().journal_dir.resolve()
    if not _journals(folder):
        return
    # Looked up once more under the lock: what another transfer has brought is gone.
    with lock(folder / ".transfer.lock"), contextlib.ExitStack() as handles:
        files = {file: handles.enter_context(file.open("rb")) for file in _journals(folder)}
        ended = [file for file, handle in files.items() if _is_ended(handle)]
        if files:
            _bring(project, folder, files)
        for file in ended:
            file.unlink()


def _journals(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/*.jsonl"))


def _bring(project: Project, folder: Path, files: Mapping[Path, IO[bytes]]) -> None:
    with tempfile.TemporaryFile() as archive:
        _pack(folder, files, archive)
        if _send(project, archive):
            raise TransferError(
                f"The journals in {folder} did not reach the stack, so the ledger does not count them yet. "
                "Is it up? `make status`; then `make ledger` brings them there."
            )


def _is_ended(handle: IO[bytes]) -> bool:
    """Whether nobody writes the journal; then nobody will before the handle is closed."""
    try:
        lock_open(handle, wait=False)
    except BlockingIOError:
        return False
    return True


def _pack(folder: Path, files: Mapping[Path, IO[bytes]], archive: IO[bytes]) -> None:
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for file, handle in files.items():
            lines = _whole_lines(handle.read())
            member = tarfile.TarInfo(str(file.relative_to(folder)))
            member.size = len(lines)
            tar.addfile(member, io.BytesIO(lines))
    archive.seek(0)


def _whole_lines(content: bytes) -> bytes:
    """Without a line that is being written, or was when its writer was killed."""
    return content[: content.rfind(b"\n") + 1]


def _send(project: Project, archive: IO[bytes]) -> int:
    return run_job(
        project,
        ContainerJob("posting", ["services.stack.compose.jobs.receive_journals"], stdin=archive),
    )
