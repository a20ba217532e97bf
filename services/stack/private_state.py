"""The state folder is its user's alone, whichever command made it, and with which release. Standard library only."""

import os
from pathlib import Path

from services.files import close_to_others

_UMASK = 0o077

_USERS_PROGRAMS = {"services.reroute", "services.workspace.jupyter"}
"""Modules that become a program of the user's, whose files are to be as the user has them."""


def write_privately(module: str = "") -> None:
    """Let all that this process and its children write be the user's alone, unless they are the user's own programs."""
    if module not in _USERS_PROGRAMS:
        os.umask(_UMASK)


def close_state(state: Path) -> str:
    """Close a state folder that others could enter; return a sentence that says so, or nothing.

    Raises:
        OSError: the file system does not let it.
    """
    if not state.is_dir() or not close_to_others(state):
        return ""
    return f"{state} was open to other users of this machine, and is yours alone now (mode 700)."
