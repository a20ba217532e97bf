"""Which set of services a stack runs; remembered, so that `status`, `down` and `logs` mean the same set."""

from pathlib import Path

from services.files import private_folder
from services.stack.layout import Layout

PROFILES = ("core", "full")
"""From the smallest to the largest: each has everything of the one before."""

DEFAULT = "full"


def remembered(layout: Layout) -> str:
    """The profile of the last `up`; the default when there was none, or it left something unreadable."""
    try:
        profile = _file(layout).read_text(encoding="ascii")
    except (FileNotFoundError, UnicodeDecodeError):
        return DEFAULT
    return profile if profile in PROFILES else DEFAULT


def remember(layout: Layout, profile: str) -> None:
    """Keep it for the commands that follow."""
    private_folder(layout.state)
    _file(layout).write_text(profile, encoding="ascii")


def wider(one: str, other: str) -> str:
    """The larger of two profiles: an `up` never takes a running service away."""
    return max(one, other, key=PROFILES.index)


def _file(layout: Layout) -> Path:
    return layout.state / "profile"
