"""Executing a notebook's cells in a kernel, and collecting what they show."""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete
from nbformat import NotebookNode

from services.workspace.execution.cell_failure import EXIT, CellFailed
from services.workspace.execution.kernel_process import KernelProcess
from services.workspace.notebooks.jupyter_copy import as_node

_LIMIT = 20 * 1024 * 1024
"""Characters of output that a notebook may show, as on Databricks; the rest is left out, and said."""

_LATE_OUTPUT_SECONDS = 30
"""How long a cell that is done is waited on for outputs that are still on their way."""

_TOO_MUCH = "\nThe output is longer than 20 MB; the rest of it is not kept.\n"


class NotebookCellsClient(NotebookClient):
    """nbclient for a kernel that is there already, with streams' late output in the cell that began them.

    Attributes:
        changed: Whether outputs came since somebody last looked.
    """

    def __init__(self, notebook: NotebookNode, kernel: KernelProcess) -> None:
        super().__init__(notebook, iopub_timeout=_LATE_OUTPUT_SECONDS)
        self.kc = self._client = kernel.client
        self.changed = False
        self.clear_before_next_output = False
        self._origins: dict[str, tuple[NotebookNode, int]] = {}
        self._hidden: set[str] = set()
        self._shown = 0

    async def execute_visible(self, cell: NotebookNode, index: int) -> None:
        """Execute a cell of the notebook.

        Raises:
            CellFailed: it raised.
        """
        number = self.code_cells_executed + 1
        own: Mapping[str, Any] = cell.metadata.get("pincloud", {})
        self._client.cell_metadata = {"cellId": cell.id, "pincloud": {**own, "number": number}}
        await self.async_execute_cell(cell, index, execution_count=number)

    async def execute_hidden(self, code: str, cell: NotebookNode, index: int) -> None:
        """Execute code of ours; what it shows is added to a cell.

        Raises:
            CellFailed: it raised.
        """
        self._client.cell_metadata = {}
        message = self._client.execute(code, store_history=False)
        self._hidden.add(message)
        outputs = asyncio.ensure_future(self._async_poll_output_msg(message, cell, index))
        try:
            reply = await self.async_wait_for_reply(message)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(outputs, self.iopub_timeout)
        finally:
            outputs.cancel()
        await self._check_raise_for_error(cell, index, reply)

    async def _async_poll_kernel_alive(self) -> None:
        """Whoever uses this watches the process itself."""

    async def _async_poll_output_msg(
        self, parent_msg_id: str, cell: NotebookNode, cell_index: int
    ) -> None:
        """Collect outputs until the cell is done, those of earlier cells' threads as well."""
        self._origins[parent_msg_id] = (cell, cell_index)
        while True:
            message = await self._client.iopub_channel.get_msg(timeout=None)
            origin = message["parent_header"].get("msg_id")
            if origin not in self._origins or self._is_our_own_input(message):
                continue
            self.changed = True
            try:
                self.process_message(message, *self._origins[origin])
            except CellExecutionComplete:
                if origin == parent_msg_id:
                    return

    def _is_our_own_input(self, message: Mapping[str, Any]) -> bool:
        """Whether a message would give the number of a hidden cell to the one that shows its output."""
        hidden = message["parent_header"]["msg_id"] in self._hidden
        return hidden and message["msg_type"] == "execute_input"

    async def _check_raise_for_error(
        self, cell: NotebookNode, cell_index: int, exec_reply: dict[str, Any] | None
    ) -> None:
        """An error always ends the run; Databricks knows no tags that allow one."""
        content = exec_reply["content"] if exec_reply else {}
        if content.get("status", "ok") != "ok":
            raise CellFailed(
                str(content.get("ename", "Aborted")),
                str(content.get("evalue", "")),
                content.get("traceback", []),
            )

    def output(
        self,
        outs: list[NotebookNode],
        msg: dict[str, Any],
        display_id: str | None,
        cell_index: int,
    ) -> NotebookNode | None:
        """Keep an output: within the limit, lines of one stream together, an exit as what it is."""
        content = msg["content"]
        before, self._shown = self._shown, self._shown + len(str(content))
        if self._shown > _LIMIT:
            if before <= _LIMIT:
                outs.append(as_node({"output_type": "stream", "name": "stderr", "text": _TOO_MUCH}))
            return None
        if msg["msg_type"] == "error" and content.get("ename") == EXIT:
            outs.append(_exited(content["evalue"]))
            return None
        if not self.clear_before_next_output and _continues(outs, msg):
            outs[-1]["text"] += content["text"]
            return None
        return super().output(outs, msg, display_id, cell_index)


def _continues(outs: list[NotebookNode], msg: dict[str, Any]) -> bool:
    """Whether a message goes on with the stream that was written to last."""
    if msg["msg_type"] != "stream" or not outs or outs[-1]["output_type"] != "stream":
        return False
    return bool(outs[-1]["name"] == msg["content"]["name"])


def _exited(value: str) -> NotebookNode:
    data = {"text/plain": f"Notebook exited: {value}"}
    return as_node({"output_type": "display_data", "data": data, "metadata": {}})
