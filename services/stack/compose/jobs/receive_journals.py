"""`python -m services.stack.compose.jobs.receive_journals`: unpack a tar of journals into the state's own."""

import re
import sys
import tarfile
from pathlib import Path

from services.files import write_private
from services.settings import load_settings

_JOURNAL = re.compile(r"(batch|speed)/[\w.-]+\.jsonl")
"""Where a journal lies in the folder of journals; nothing else is unpacked."""


def main() -> int:
    """Unpack it, as this process's user; exit code 1 when it is no such archive."""
    folder = load_settings().journal_dir
    try:
        with tarfile.open(fileobj=sys.stdin.buffer, mode="r|") as tar:
            for member in tar:
                _unpack(tar, member, folder)
    except (tarfile.TarError, ValueError, OSError) as error:
        sys.stderr.write(f"The journals could not be unpacked into {folder}: {error}\n")
        return 1
    return 0


def _unpack(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    content = tar.extractfile(member)
    if content is None or not _JOURNAL.fullmatch(member.name):
        raise ValueError(f"{member.name!r} is no journal")
    write_private(folder / member.name, content.read().decode())


if __name__ == "__main__":
    raise SystemExit(main())
