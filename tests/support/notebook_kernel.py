"""A real notebook process, and what its cells show."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

from services.settings import Settings
from services.workspace.execution.child_environment import child_environment

DEADLINE = 120


@dataclass
class Shown:
    """What one cell showed.

    Attributes:
        status: `ok` or `error`.
        error: The error's name and text; empty without one.
        text: Everything else, as plain text, in order.
        traceback: Of the error.
        html: The tables.
    """

    status: str = ""
    error: str = ""
    text: str = ""
    traceback: str = ""
    html: list[str] = field(default_factory=list)

    def take(self, message: dict[str, Any]) -> None:
        """Keep an output."""
        content = message["content"]
        if message["msg_type"] == "stream":
            self.text += content["text"]
        elif message["msg_type"] in {"display_data", "execute_result"}:
            self.text += content["data"].get("text/plain", "") + "\n"
            self.html += [content["data"]["text/html"]] if "text/html" in content["data"] else []
        elif message["msg_type"] == "error":
            self.traceback = "\n".join(content["traceback"])


class Kernel:
    """A notebook's process, and its only client."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self._client = client

    def run(self, code: str) -> Shown:
        """Execute a cell."""
        shown = Shown()
        reply = self._client.execute_interactive(
            code, output_hook=shown.take, timeout=DEADLINE, allow_stdin=False
        )["content"]
        shown.status = reply["status"]
        if shown.status == "error":
            shown.error = f"{reply['ename']}: {reply['evalue']}"
        return shown

    def text(self, code: str) -> str:
        """What a cell shows that must not fail."""
        shown = self.run(code)
        assert shown.status == "ok", shown.traceback
        return shown.text.strip()


@contextmanager
def kernel(settings: Settings, *arguments: str) -> Iterator[Kernel]:
    """Start one; it is ended at the end."""
    command = [sys.executable, "-m", "services.workspace.kernel", *arguments]
    manager = KernelManager(transport="tcp")
    manager._kernel_spec = KernelSpec(argv=[*command, "-f", "{connection_file}"])
    manager.start_kernel(env=child_environment(settings))
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=DEADLINE)
        yield Kernel(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def begin(running: Kernel, folder: Path, **context: Any) -> None:
    """Do what the executor's first cell does."""
    file = folder / "context.json"
    file.write_text(json.dumps(context))
    session = '__import__("services.workspace.kernel.session", fromlist=["begin"])'
    running.text(f"{session}.begin({str(file)!r})")


def source(*cells: str) -> str:
    """A source notebook."""
    return "# Databricks notebook source\n" + "\n# COMMAND ----------\n".join(cells)
