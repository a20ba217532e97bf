"""The user id that the stack was started with: a single command may ask about another. Standard library only."""

import re
from pathlib import Path

from services.checkout.environment import assign, variable
from services.files import write_private

VARIABLE = "STACK_USER_ID"
_USER_ID = re.compile(r"[0-9a-f]{12}")


def remember(state: Path, user_id: str) -> None:
    """Keep it until `clean` deletes the state."""
    write_private(_file(state), user_id)


def hand_on(state: Path) -> None:
    """Let this command's process and its children know it; before the first start there is nothing to know."""
    if not variable(VARIABLE) and (user_id := _remembered(state)):
        assign({VARIABLE: user_id})


def _remembered(state: Path) -> str | None:
    try:
        text = _file(state).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return text if _USER_ID.fullmatch(text) else None


def _file(state: Path) -> Path:
    return state / "user_id"
