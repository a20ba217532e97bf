"""The commands of the runtime that the stack has: the one place that knows both runtimes."""

import importlib.util

from services.checkout.runtime import COMPOSE, RuntimeChoiceError
from services.stack.commands import Commands
from services.stack.report import Report


def commands(runtime: str) -> Commands:
    """Those of a runtime; the other one's libraries are not imported, and need not be there.

    Raises:
        RuntimeChoiceError: this environment was made for containers, and cannot run the stack itself.
    """
    if runtime == COMPOSE:
        from services.stack.compose.commands import ComposeCommands  # noqa: PLC0415 - see above

        return ComposeCommands()
    if importlib.util.find_spec("pyspark") is None:
        raise RuntimeChoiceError(
            "This Python environment was made for Docker Compose, and the native stack needs more. "
            "Run the command by `make`, which makes what is needed."
        )
    from services.stack.native.commands import NativeCommands  # noqa: PLC0415 - see above

    return NativeCommands(_remove_containers)


def _remove_containers(report: Report) -> None:
    """Those of an earlier stack of this checkout, with their volumes."""
    from services.stack.compose.assembly import checkout_project  # noqa: PLC0415 - see above
    from services.stack.compose.down import take_down  # noqa: PLC0415 - see above

    take_down(checkout_project(), report, volumes=True)
