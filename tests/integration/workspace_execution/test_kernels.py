"""Kernels without Spark: what they show, and how they are kept in reserve."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
from nbformat import NotebookNode

from services.settings import Settings
from services.workspace.execution.cell_failure import CellFailed
from services.workspace.execution.child_environment import child_environment
from services.workspace.execution.kernel_pool import KernelPool
from services.workspace.execution.kernel_process import KernelProcess
from services.workspace.execution.notebook_client import NotebookCellsClient
from services.workspace.notebooks.jupyter_copy import to_nbformat
from services.workspace.notebooks.notebook import Cell, Notebook
from tests.support.polling import eventually


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """No Spark is needed until a notebook begins."""
    return Settings(state_dir=tmp_path)


@asynccontextmanager
async def _kernel(settings: Settings) -> AsyncIterator[KernelProcess]:
    kernel = await KernelProcess.start(child_environment(settings))
    try:
        yield kernel
    finally:
        await kernel.close()


def _notebook(*cells: str) -> NotebookNode:
    return to_nbformat(Notebook("/n", Path("n.py"), "python", [Cell("code", c) for c in cells]))


_LATE = """\
import threading, time
from IPython.display import display, clear_output
handle = display({"text/plain": "old"}, raw=True, display_id=True)
go = threading.Event()
def late():
    go.wait(10)
    handle.update({"text/plain": "new"}, raw=True)
thread = threading.Thread(target=late)
thread.start()
print("a"); print("b")
"""


def test_outputs_land_in_the_cell_that_made_them(settings: Settings) -> None:
    """Also a table that a thread renews while later cells run; lines of one stream are one output."""
    nodes = _notebook(
        _LATE, "go.set(); thread.join(); print('c')", "print(1); clear_output(wait=True); print(2)"
    )

    async def run() -> None:
        async with _kernel(settings) as kernel:
            client = NotebookCellsClient(nodes, kernel)
            for index, cell in enumerate(nodes.cells):
                await kernel.wait_for(client.execute_visible(cell, index))
            await kernel.wait_for(client.execute_hidden("print('hidden')", nodes.cells[2], 2))

    asyncio.run(run())

    first, second, third = (cell.outputs for cell in nodes.cells)
    assert [o.get("text") or o.data["text/plain"] for o in first] == ["new", "a\nb\n"]
    assert [o.text for o in second] == ["c\n"]
    assert [o.text for o in third] == ["2\nhidden\n"]
    assert [cell.execution_count for cell in nodes.cells] == [1, 2, 3]


def test_a_hidden_cell_may_be_the_first_to_show_something(settings: Settings) -> None:
    """As the beginning of a session does, when it has something to say."""
    nodes = _notebook("1")
    nodes.cells[0].metadata["execution"] = {}

    async def run() -> None:
        async with _kernel(settings) as kernel:
            client = NotebookCellsClient(nodes, kernel)
            await kernel.wait_for(client.execute_hidden("print('hidden')", nodes.cells[0], 0))

    asyncio.run(run())

    assert [output.text for output in nodes.cells[0].outputs] == ["hidden\n"]


def test_too_much_output_is_cut_and_a_cell_cannot_ask_for_input(settings: Settings) -> None:
    """Twenty megabytes in all; the cell itself goes on."""
    nodes = _notebook("for n in range(30): print('x' * 1_000_000)\ndone = True", "done", "input()")

    async def run() -> None:
        async with _kernel(settings) as kernel:
            client = NotebookCellsClient(nodes, kernel)
            for index, cell in enumerate(nodes.cells):
                await kernel.wait_for(client.execute_visible(cell, index))

    with pytest.raises(CellFailed) as failed:
        asyncio.run(run())

    assert failed.value.name == "StdinNotImplementedError"
    assert sum(len(output.text) for output in nodes.cells[0].outputs) < 21_000_000
    assert "20 MB" in nodes.cells[0].outputs[-1].text


def test_a_kernel_is_ready_in_reserve_and_ends_with_the_pool(settings: Settings) -> None:
    """One that died there is not given out; nothing is left of any of them."""

    async def run() -> list[int]:
        pool = KernelPool(settings)
        pool.refill()
        first = await pool.take()
        pool.refill()
        pool.refill()
        reserved = await asyncio.to_thread(eventually, "it", lambda: _other(first.process.pid))
        os.kill(reserved, signal.SIGKILL)
        second = await pool.take()
        pool.refill()
        await pool.close()
        pids = [first.process.pid, reserved, second.process.pid]
        assert (first.alive, second.alive) == (True, True)
        await asyncio.gather(first.close(), second.close())
        return pids

    pids = asyncio.run(run())

    assert len(set(pids)) == 3
    assert not any(map(psutil.pid_exists, pids))


def _other(pid: int) -> int:
    """The one kernel of this process beside another."""
    children = psutil.Process().children()
    kernels = [one for one in children if "services.workspace.kernel" in one.cmdline()]
    return next((one.pid for one in kernels if one.pid != pid), 0)
