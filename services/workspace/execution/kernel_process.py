"""A notebook's kernel: its process, and the Jupyter client that talks to it over Unix sockets."""

import asyncio
import contextlib
import shutil
import tempfile
import uuid
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any, TypeVar

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import write_connection_file

from services.settings import PROJECT_ROOT
from services.workspace.execution.user_process import (
    DIE_WITH_PARENT,
    ProcessDied,
    await_while_alive,
    kill_group,
)

T = TypeVar("T")

_LOG_TAIL_CHARACTERS = 4_000
"""Characters."""


class KernelClient(AsyncKernelClient):
    """Sends cells, and beside each what the kernel should know of it, as the request's metadata."""

    async def is_alive(self) -> bool:
        """Always: whoever waits for a kernel watches its process."""
        return True

    cell_metadata: Mapping[str, Any] = {}

    def execute(self, code: str, *args: Any, **kwargs: Any) -> Any:
        """Send a cell; see `jupyter_client.KernelClient.execute`."""
        with self._metadata_in_messages():
            return super().execute(code, *args, **kwargs)

    @contextlib.contextmanager
    def _metadata_in_messages(self) -> Any:
        before = self.session.metadata
        self.session.metadata = {**before, **self.cell_metadata}
        try:
            yield
        finally:
            self.session.metadata = before


class KernelProcess:
    """One started kernel; it is used for one notebook and closed.

    It is spoken to over Unix sockets in a folder that only its owner can enter; nothing listens on the network.
    """

    def __init__(
        self, process: asyncio.subprocess.Process, client: KernelClient, folder: Path
    ) -> None:
        self.process = process
        self.client = client
        self._folder = folder

    @classmethod
    async def start(cls, environment: Mapping[str, str]) -> "KernelProcess":
        """Start one and wait until it takes cells.

        Raises:
            ProcessDied: it ended at its start.
        """
        folder = Path(tempfile.mkdtemp(prefix="pincloud-"))
        client = KernelClient()
        file, info = write_connection_file(
            str(folder / "kernel.json"),
            transport="ipc",
            ip=str(folder / "k"),
            key=uuid.uuid4().hex.encode(),
        )
        client.load_connection_info(info)
        with (folder / "log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *DIE_WITH_PARENT,
                str(folder),
                "services.workspace.kernel",
                "-f",
                file,
                "--HistoryManager.enabled=False",
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=PROJECT_ROOT,
                env=environment,
                start_new_session=True,
            )
        kernel = cls(process, client, folder)
        try:
            client.start_channels(stdin=False, hb=False)
            await kernel.wait_for(client.wait_for_ready())
        except BaseException:
            await kernel.close()
            raise
        return kernel

    @property
    def alive(self) -> bool:
        return self.process.returncode is None

    async def wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        """Await something that the kernel does.

        Raises:
            ProcessDied: it ended before the work was done.
        """
        try:
            return await await_while_alive(self.process, work)
        except ProcessDied as death:
            death.log_tail = self._read_log_tail()
            raise

    def _read_log_tail(self) -> str:
        with contextlib.suppress(OSError):
            return (
                (self._folder / "log").read_text(errors="replace")[-_LOG_TAIL_CHARACTERS:].strip()
            )
        return ""

    async def shut_down(self, seconds: float) -> None:
        """Ask it to end by itself, and give it some time to."""
        self.client.shutdown()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.process.wait(), seconds)

    async def close(self) -> None:
        """End the process with all that it started, and remove what it had."""
        kill_group(self.process)
        await self.process.wait()
        self.client.stop_channels()
        shutil.rmtree(self._folder, ignore_errors=True)
