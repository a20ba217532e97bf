"""A workspace whose notebooks are only words: what a test needs of the Jobs API without Spark.

`python -m tests.support.workspace_api` serves it, as a process of its own, for clients of other environments.
"""

import asyncio
import contextlib
import json
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

from services.asgi import leave
from services.settings import HOST, Settings, load_settings
from services.workspace.app import Workspace, open_workspace
from services.workspace.runs.store.run_record import Run
from services.workspace.server import serve
from services.workspace.task_executor import OutcomeStatus, TaskLaunch, TaskOutcome

TOKEN = "dapi-of-the-tests"
CLUSTER = {"existing_cluster_id": "1108-162752-8okw8dgg"}
DEADLINE = 20.0


class ScriptedExecutor:
    """Does what a path's last part says: `ok`, `raise`, `raise-once`, `wait`, `hold`, `slow`, `gone`, `die`, `crash`.

    What holds goes on once `go` is set; what waits never does.
    """

    def __init__(self) -> None:
        self.launches: list[TaskLaunch] = []
        self.ended: list[int] = []
        self.together = 0
        self.go = asyncio.Event()
        self._now = 0

    async def start(self) -> None:
        """Nothing to prepare."""

    async def close(self) -> None:
        """Nothing to give back."""

    async def run(self, launch: TaskLaunch, report_position: Callable[[str], None]) -> TaskOutcome:
        """Carry out one attempt."""
        earlier = sum(one.path == launch.path for one in self.launches)
        self.launches.append(launch)
        self._now += 1
        self.together = max(self.together, self._now)
        report_position("cell 1 of 2")
        try:
            return await self._act(launch, earlier)
        finally:
            self._now -= 1
            self.ended.append(launch.run_id)

    async def _act(self, launch: TaskLaunch, earlier: int) -> TaskOutcome:
        word = launch.path.rpartition("/")[2]
        if word == "raise" or (word.startswith("raise-once") and not earlier):
            text = "NameError: name 'x' is not defined"
            return TaskOutcome(OutcomeStatus.FAILED, text, f"{text}\n  line 7", "the whole trace")
        if word == "gone":
            return TaskOutcome(
                OutcomeStatus.NOT_FOUND, "Notebook not found: gone; did you mean /ok?"
            )
        if word == "die":
            return TaskOutcome(OutcomeStatus.INTERNAL_ERROR, "the kernel was ended by signal 9")
        if word == "crash":
            raise RuntimeError("a fault of the executor")
        if word == "wait":
            await asyncio.Event().wait()
        if word == "hold":
            await self.go.wait()
        if word == "slow":
            await asyncio.sleep(0.5)
        said = {"parameters": dict(launch.parameters), "arguments": list(launch.arguments)}
        return TaskOutcome(OutcomeStatus.SUCCESS, exit_value=json.dumps(said), logs="printed\n")


class Bench:
    """A workspace in this process, and a client of it."""

    def __init__(
        self, workspace: Workspace, executor: ScriptedExecutor, client: httpx.AsyncClient
    ) -> None:
        self.workspace, self.executor, self.client = workspace, executor, client

    async def post(self, call: str, status: int = 200, **fields: Any) -> dict[str, Any]:
        """POST, and expect a status."""
        return self._read(await self.client.post(f"/api/2.2/{call}", json=fields), status)

    async def get(self, call: str, status: int = 200, **fields: Any) -> dict[str, Any]:
        """GET with a query, and expect a status."""
        return self._read(await self.client.get(f"/api/2.2/{call}", params=fields), status)

    def _read(self, response: httpx.Response, status: int) -> dict[str, Any]:
        assert response.status_code == status, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def submit(self, path: str, **fields: Any) -> int:
        """Submit a run of one notebook; return its id."""
        task = {"notebook_path": path, **fields.pop("notebook", {})}
        answer = await self.post("jobs/runs/submit", notebook_task=task, **{**CLUSTER, **fields})
        return int(answer["run_id"])

    async def submit_tasks(self, *tasks: dict[str, Any], **fields: Any) -> int:
        """Submit a run of several tasks; return its id."""
        full = [{**CLUSTER, **task} for task in tasks]
        return int((await self.post("jobs/runs/submit", tasks=full, **fields))["run_id"])

    async def ended(self, run_id: int) -> dict[str, Any]:
        """A run, read once it has ended."""
        await self.until(lambda: self.record(run_id).state.terminal, f"run {run_id} to end")
        return await self.get("jobs/runs/get", run_id=run_id)

    async def launched(self, count: int) -> None:
        """Wait for the executor to have been given so many attempts."""
        await self.until(lambda: len(self.executor.launches) >= count, f"{count} attempts")

    async def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait for something, with a deadline."""
        deadline = time.monotonic() + DEADLINE
        while not holds():
            assert time.monotonic() < deadline, f"waited {DEADLINE} s in vain for {what}"
            await asyncio.sleep(0.01)

    def record(self, run_id: int) -> Run:
        """A run as the scheduler has it."""
        return self.workspace.scheduler.context.store.get(run_id)


def notebook(key: str, path: str, *upstream: str, **fields: Any) -> dict[str, Any]:
    """A task of a run with several."""
    after = [{"task_key": name} for name in upstream]
    return {
        "task_key": key,
        "notebook_task": {"notebook_path": path},
        "depends_on": after,
        **fields,
    }


def states(run: dict[str, Any]) -> dict[str, str]:
    """How each task of a run ended, the newest attempt counting."""
    return {task["task_key"]: task["state"].get("result_state", "") for task in run["tasks"]}


@contextlib.contextmanager
def port_of_spark() -> Iterator[int]:
    """A port at which a knock is answered."""
    with socket.create_server((HOST, 0)) as server:
        yield server.getsockname()[1]


def bench_settings(state_dir: Path, spark_port: int, **fields: Any) -> Settings:
    """Settings of a workspace of the tests."""
    return load_settings(
        state_dir=state_dir,
        workspace_token=TOKEN,
        spark_remote=f"sc://{HOST}:{spark_port}",
        **fields,
    )


@contextlib.asynccontextmanager
async def bench(
    state_dir: Path, spark_port: int | None = None, token: str = TOKEN
) -> AsyncIterator[Bench]:
    """Open a workspace over a state folder; what runs at the end is ended as by SIGTERM."""
    with port_of_spark() as port:
        executor = ScriptedExecutor()
        workspace = open_workspace(bench_settings(state_dir, spark_port or port), executor)
        headers = {"Authorization": f"Bearer {token}"}
        transport = httpx.ASGITransport(workspace.app)
        async with httpx.AsyncClient(
            transport=transport, base_url=f"http://{HOST}", headers=headers, timeout=DEADLINE
        ) as client:
            yield Bench(workspace, executor, client)
        await workspace.close()


def main() -> None:
    """Serve on a port, with a state folder: `workspace_api <port> <folder>`."""
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    with port_of_spark() as spark:
        asyncio.run(serve(bench_settings(folder, spark, workspace_port=port), ScriptedExecutor()))


if __name__ == "__main__":
    main()
    leave(0)
