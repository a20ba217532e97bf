"""The state folder is its user's alone, whichever command made it, and with which release. Standard library only."""

from pathlib import Path

from services.files import close_to_others


def close_state(state: Path) -> str:
    """Close a state folder that others could enter; return a sentence that says so, or nothing.

    Raises:
        OSError: the file system does not let it.
    """
    if not state.is_dir() or not close_to_others(state):
        return ""
    return f"{state} was open to other users of this machine, and is yours alone now (mode 700)."
