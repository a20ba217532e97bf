"""The kernel: ipykernel, with a notebook's own shell and with secrets taken out of all that it sends."""

import importlib
from collections.abc import Sequence
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from traitlets import Bool, Type

from services.settings import Settings
from services.workspace.kernel import session

_WARM = ("pyspark.sql", "pyspark.sql.connect.session", "pandas", "pyarrow", "grpc")
"""What the first cell would spend a second or two on."""


class NotebookKernel(IPythonKernel):
    """Executes cells; by itself it opens the Spark session only for a person."""

    async def do_execute(self, code: str, silent: bool, *args: Any, **kwargs: Any) -> Any:  # noqa: FBT001 - ipykernel's own
        """Begin, if nobody has, and execute one cell."""
        if self.parent.interactive:
            session.begin_once()
        return await super().do_execute(code, silent, *args, **kwargs)


class KernelApp(IPKernelApp):
    """ipykernel's application with our classes in their places."""

    kernel_class = Type(NotebookKernel)
    interactive = Bool(False)  # noqa: FBT003 - traitlets' own


def launch(settings: Settings, arguments: Sequence[str], *, interactive: bool) -> None:
    """Serve until the client says shutdown."""
    for module in _WARM:
        importlib.import_module(module)
    session.prepare(settings)
    app = KernelApp.instance(interactive=interactive)
    app.initialize(list(arguments))
    app.start()
