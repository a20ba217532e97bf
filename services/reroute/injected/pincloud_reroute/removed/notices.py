"""The one line about each thing that is done as it was once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..process_context import ProcessContext


def say(context: ProcessContext, what: str, instead: str = "") -> None:
    """Tell the user, once a run, what newer versions no longer have."""
    taken = (
        f" ({instead.replace('builtins.', '')})" if instead and "pincloud" not in instead else ""
    )
    context.say(
        f"{what} is gone in the version that is installed: done as before{taken}",
        key=f"removed {what}",
    )
