"""`%sh`: a shell on the driver, which is this machine."""

import subprocess
import sys

from services.workspace.driver_files.installation import installed
from services.workspace.driver_files.shell_text import on_disk
from services.workspace.kernel.magics.command_line import MagicError


class ShellFailedError(Exception):
    """A `%sh -e` cell ended with another exit code than 0."""


def sh(line: str, cell: str = "") -> None:
    """Run the text by the shell; what it wrote is shown when it has ended, errors last.

    A failing command does not fail the cell, unless the cell begins with `%sh -e`.

    Raises:
        ShellFailedError: it failed, and `-e` was given.
    """
    text, strict = _options(f"{line}\n{cell}".lstrip())
    with on_disk(text, installed()) as known:
        command = ["/bin/sh", *(["-e"] if strict else []), "-c", known.text]
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    sys.stdout.write(known.shown(ended.stdout.decode(errors="replace")))
    sys.stderr.write(known.shown(ended.stderr.decode(errors="replace")))
    if strict and ended.returncode:
        raise ShellFailedError(f"The shell ended with exit code {ended.returncode}.")


def _options(text: str) -> tuple[str, bool]:
    if not text.strip():
        raise MagicError("This %sh cell holds no command.")
    first, _, rest = text.partition("\n")
    option, _, command = first.partition(" ")
    return (f"{command}\n{rest}", True) if option == "-e" else (text, False)
