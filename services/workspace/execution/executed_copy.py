"""The executed copy of a notebook, on disk while it runs."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from services.files import write_private
from services.workspace.execution.notebook_client import NotebookCellsClient

NAME = "executed.ipynb"
_SECONDS_BETWEEN = 2.0


class ExecutedCopy:
    """A notebook with the outputs that it has so far."""

    def __init__(self, folder: Path, notebook: NotebookNode) -> None:
        self._file = folder / NAME
        self._notebook = notebook

    def save(self) -> None:
        text: str = nbformat.writes(self._notebook)  # type: ignore[no-untyped-call]
        write_private(self._file, text)

    @contextlib.asynccontextmanager
    async def kept(self, client: NotebookCellsClient) -> AsyncIterator[None]:
        """Save every few seconds while there is news: a cell may run for hours. Save once more at the end."""
        saving = asyncio.ensure_future(self._keep(client))
        try:
            yield
        finally:
            saving.cancel()
            self.save()

    async def _keep(self, client: NotebookCellsClient) -> None:
        while True:
            await asyncio.sleep(_SECONDS_BETWEEN)
            if client.changed:
                client.changed = False
                self.save()
