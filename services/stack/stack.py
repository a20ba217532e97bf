"""The native stack as a whole: bringing it up, taking it down, and telling how it is."""

import contextlib
import fcntl
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from services.stack.ports import taken_ports
from services.stack.processes import end, members, tree_memory
from services.stack.report import Report
from services.stack.service import Layout, Service, Task
from services.stack.start import Starter, StartError
from services.stack.supervisor import ProcessState, Supervisor

_SHUTDOWN_SECONDS = 60


@dataclass(frozen=True)
class ServiceStatus:
    """One row of `make status`. Memory is in bytes (PSS on Linux), uptime in seconds."""

    name: str
    state: str
    pid: int
    uptime: int
    memory: int
    url: str

    @property
    def runs(self) -> bool:
        """Whether there is a process; supervisord calls its first second STARTING."""
        return self.state in {"STARTING", "RUNNING"}


class NativeStack:
    """A set of services under one supervisord, with all of its state in one folder."""

    def __init__(
        self, layout: Layout, services: Sequence[Service], tasks: Sequence[Task] = ()
    ) -> None:
        self._layout = layout
        self._services = {service.name: service for service in services}
        self._tasks = list(tasks)
        self._supervisor = Supervisor(layout)

    @property
    def names(self) -> list[str]:
        """Names of the services."""
        return list(self._services)

    def up(self, report: Report) -> None:
        """Start what does not run yet. When that fails, or is interrupted, all is stopped again.

        Raises:
            StartError: a port is taken or a service did not become ready.
        """
        with self._locked(report):
            fresh = not self._supervisor.is_alive()
            if fresh:
                self._clear_leftovers(report)
            missing = self._not_running()
            self._require_free_ports(missing)
            changed = self._supervisor.configure(self._services.values())
            if fresh:
                self._supervisor.launch()
            elif changed:
                report.say(
                    "The settings have changed since the start: `make restart` applies them.",
                    "yellow",
                )
            try:
                self._start(missing, report)
            except BaseException:
                if fresh:
                    report.say("Stopping what was started …", "yellow")
                    self._stop_all()
                raise

    def down(self, report: Report) -> None:
        """Stop everything and leave no process, port or socket behind. Data stays."""
        with self._locked(report):
            running = [state.name for state in self._supervisor.states().values() if state.alive]
            self._stop_all(report)
            leftovers = members(self._layout.state)
            end(leftovers)
            if not running and not leftovers:
                report.say("Nothing was running.")

    def restart(self, names: Sequence[str], report: Report) -> None:
        """Stop and start some services, or the whole stack when none is named."""
        if not names:
            self.down(report)
            self.up(report)
            return
        with self._locked(report):
            for name in names:
                self._supervisor.stop(name)
                report.line(name, "stopped", style="yellow")
            self._start([self._services[name] for name in names], report)

    def clean(self, report: Report) -> None:
        """Stop everything and delete all state and data."""
        self.down(report)
        shutil.rmtree(self._layout.state, ignore_errors=True)

    def status(self) -> list[ServiceStatus]:
        """How each service is; those that do not run are STOPPED."""
        states = self._supervisor.states()
        return [
            self._status(service, states.get(service.name)) for service in self._services.values()
        ]

    def stop(self, name: str) -> None:
        """Stop one service."""
        self._supervisor.stop(name)

    def start(self, name: str, report: Report) -> None:
        """Start one service and wait until it is ready."""
        self._start([self._services[name]], report)

    def _status(self, service: Service, state: ProcessState | None) -> ServiceStatus:
        if state is None or not state.pid:
            return ServiceStatus(
                service.name, state.state if state else "STOPPED", 0, 0, 0, service.url
            )
        memory = tree_memory(state.pid)
        return ServiceStatus(
            service.name, state.state, state.pid, state.uptime, memory, service.url
        )

    def _not_running(self) -> list[Service]:
        alive = {state.name for state in self._supervisor.states().values() if state.alive}
        return [service for service in self._services.values() if service.name not in alive]

    def _require_free_ports(self, services: Sequence[Service]) -> None:
        taken = taken_ports(
            {name: port for service in services for name, port in service.ports.items()}
        )
        if taken:
            raise StartError("\n".join(str(port) for port in taken))

    def _start(self, services: Sequence[Service], report: Report) -> None:
        """Start services, and the tasks that wait for one of them; other needs are ready already."""
        names = {service.name for service in services}
        parts: list[Service | Task] = [
            *services,
            *(task for task in self._tasks if task.needs & names),
        ]
        self._layout.logs.mkdir(parents=True, exist_ok=True)
        Starter(self._supervisor, self._layout, report).run(parts)

    def _clear_leftovers(self, report: Report) -> None:
        """End what a killed supervisor left running."""
        leftovers = members(self._layout.state)
        if leftovers:
            report.say(
                f"Ending {len(leftovers)} processes that a killed supervisor left behind …",
                "yellow",
            )
            end(leftovers)

    def _stop_all(self, report: Report | None = None) -> None:
        """Stop the services, those first that others do not need, then supervisord."""
        for level in self._levels():
            alive = [
                name
                for name, state in self._supervisor.states().items()
                if state.alive and name in level
            ]
            if not alive:
                continue
            with ThreadPoolExecutor(len(alive)) as pool:
                for name, _ in zip(alive, pool.map(self._supervisor.stop, alive), strict=True):
                    if report:
                        report.line(name, "stopped", style="yellow")
        self._supervisor.shutdown(_SHUTDOWN_SECONDS)
        end(members(self._layout.state))

    def _levels(self) -> list[set[str]]:
        """Names grouped so that nothing in a group is needed by a later one."""
        needed = {need for service in self._services.values() for need in service.needs}
        return [self._services.keys() - needed, self._services.keys() & needed]

    @contextlib.contextmanager
    def _locked(self, report: Report) -> Iterator[None]:
        """One command at a time; the lock goes with its holder, however that ends."""
        self._layout.run.mkdir(parents=True, exist_ok=True)
        with (self._layout.state / "stack.lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                report.say("Waiting for another `make` that starts or stops this stack …", "yellow")
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield
