"""`python -m services.stack.receive`: unpack a tar of journals from standard input into the state's own."""

import sys
import tarfile

from services.settings import load_settings


def main() -> int:
    """Unpack it, as this process's user; exit code 1 when it is no such archive."""
    folder = load_settings().journal_dir
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(fileobj=sys.stdin.buffer, mode="r|") as tar:
            tar.extractall(folder, filter=_mine)  # noqa: S202 - the filter keeps it in the folder
    except (tarfile.TarError, OSError) as error:
        sys.stderr.write(f"The journals could not be unpacked into {folder}: {error}\n")
        return 1
    return 0


def _mine(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo:
    """Within the folder, and readable by its owner alone; the data filter drops whose it was."""
    return tarfile.data_filter(member, folder).replace(mode=0o600)


if __name__ == "__main__":
    raise SystemExit(main())
