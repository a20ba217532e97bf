"""The native stack as a whole: bringing it up, taking it down, and telling how it is."""

import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import psutil

from services.files import private_folder
from services.stack.errors import StartError
from services.stack.layout import Layout
from services.stack.machine.lock import one_command
from services.stack.machine.ports import shared_ports, taken_ports
from services.stack.machine.processes import end, is_alive, stack_processes, tree_memory
from services.stack.native.service import NativeService, StartTask
from services.stack.native.starter import NativeStarter
from services.stack.native.supervisor import ProcessState, Supervisor
from services.stack.report import Report
from services.stack.status import ServiceStatus

_SHUTDOWN_SECONDS = 60


class NativeStack:
    """A set of services under one supervisord, with all of its state in one folder."""

    def __init__(
        self, layout: Layout, services: Sequence[NativeService], tasks: Sequence[StartTask] = ()
    ) -> None:
        self._layout = layout
        self._services = {service.name: service for service in services}
        self._tasks = list(tasks)
        self._supervisor = Supervisor(layout)

    @property
    def is_up(self) -> bool:
        """Whether a supervisord runs, with all or some of the services."""
        return self._supervisor.is_alive()

    @property
    def names(self) -> list[str]:
        return list(self._services)

    @property
    def log_names(self) -> list[str]:
        """Names of everything that has a log: services, tasks, and the supervisor itself."""
        return [*self._services, *(task.name for task in self._tasks), "supervisord"]

    def up(self, report: Report) -> None:
        """Start what does not run yet, and wait until all is ready.

        A stack that was down is stopped again when that fails or is interrupted; one that was up stays.

        Raises:
            StartError: a port is taken or a service did not become ready.
        """
        with one_command(self._layout.state, report):
            self._up(report)

    def down(self, report: Report) -> None:
        """Stop everything and leave no process, port or socket behind. Data stays."""
        with one_command(self._layout.state, report):
            self._stop_all(report)

    def restart(self, names: Sequence[str], report: Report) -> None:
        """Stop and start some services, or the whole stack when none is named.

        Raises:
            StartError: services are named and the stack is down, or see `up`.
        """
        with one_command(self._layout.state, report):
            if names:
                self._restart(names, report)
            else:
                self._stop_all(report)
                self._up(report)

    def clean(self, report: Report) -> None:
        """Stop everything and delete all state and data.

        Raises:
            OSError: something could not be deleted.
        """
        with one_command(self._layout.state, report):
            self._stop_all(report)
            shutil.rmtree(self._layout.state)

    def status(self) -> list[ServiceStatus]:
        """How each service is; those that do not run are STOPPED."""
        states = self._supervisor.states()
        return [
            self._status(service, states.get(service.name)) for service in self._services.values()
        ]

    def stop(self, name: str) -> None:
        self._supervisor.stop(name)

    def start(self, name: str, report: Report) -> None:
        self._start([self._services[name]], report)

    def _up(self, report: Report) -> None:
        if self._supervisor.is_alive():
            self._complete(report)
            return
        self._clear_leftovers(report)
        self._require_free_ports(self._services.values())
        try:
            self._supervisor.configure(self._services.values())
            self._supervisor.launch()
            self._start(self._services.values(), report)
        except BaseException:
            report.say("Stopping what was started …", "yellow")
            self._stop_all(report)
            raise

    def _complete(self, report: Report) -> None:
        """Bring up what is missing of a stack that was started before, perhaps by a `make` that was killed."""
        missing = self._not_running()
        self._require_free_ports(missing)
        self._supervisor.add(missing)
        if self._supervisor.is_configured_for(self._services.values()):
            self._start(self._services.values(), report)
        else:
            report.say(
                "The settings have changed since the start: `make restart` applies them.", "yellow"
            )
            self._start(missing, report)

    def _restart(self, names: Sequence[str], report: Report) -> None:
        if not self._supervisor.is_alive():
            raise StartError("The stack is down. `make up` starts it.")
        for name in names:
            self._supervisor.stop(name)
            report.line(name, "stopped", style="yellow")
        self._start([self._services[name] for name in names], report)

    def _status(self, service: NativeService, state: ProcessState | None) -> ServiceStatus:
        if state is None or not state.pid:
            return ServiceStatus(
                service.name, state.state if state else "STOPPED", 0, 0, 0, service.url
            )
        memory = tree_memory(state.pid)
        return ServiceStatus(
            service.name, state.state, state.pid, state.uptime, memory, service.url
        )

    def _not_running(self) -> list[NativeService]:
        alive = {state.name for state in self._supervisor.states().values() if state.alive}
        return [service for service in self._services.values() if service.name not in alive]

    def _require_free_ports(self, services: Iterable[NativeService]) -> None:
        ports = {name: port for service in services for name, port in service.ports.items()}
        problems = [*shared_ports(ports), *map(str, taken_ports(ports))]
        if problems:
            raise StartError("\n".join(problems))

    def _start(self, services: Iterable[NativeService], report: Report) -> None:
        """Start services, and the tasks that wait for one of them; other needs are ready already."""
        chosen = {service.name: service for service in services}
        parts: list[NativeService | StartTask] = [
            *chosen.values(),
            *(task for task in self._tasks if task.needs & chosen.keys()),
        ]
        private_folder(self._layout.logs)
        NativeStarter(self._supervisor, self._layout, report).run(parts)

    def _clear_leftovers(self, report: Report, before: Iterable[psutil.Process] = ()) -> None:
        """End what a killed supervisor left running, and those of the processes before that still run."""
        alive = {process for process in before if is_alive(process)}
        leftovers = list(alive.union(stack_processes(self._layout.state)))
        if leftovers:
            report.say(
                f"Ending {len(leftovers)} processes that a killed command or supervisor left behind …",
                "yellow",
            )
            end(leftovers)

    def _stop_all(self, report: Report) -> None:
        """Stop the services, those first that others do not need, then supervisord.

        Whatever interrupts that, a second Ctrl-C included, no process is left.
        """
        before = stack_processes(self._layout.state)
        if not before:
            report.say("Nothing was running.")
        try:
            for level in self._levels():
                self._stop_level(level, report)
            self._supervisor.shutdown(_SHUTDOWN_SECONDS)
        finally:
            self._clear_leftovers(report, before)
            self._supervisor.remove_sockets()

    def _stop_level(self, level: Collection[str], report: Report) -> None:
        states = self._supervisor.states().values()
        alive = [state.name for state in states if state.alive and state.name in level]
        with ThreadPoolExecutor(max(1, len(alive))) as pool:
            for name, _ in zip(alive, pool.map(self._supervisor.stop, alive), strict=True):
                report.line(name, "stopped", style="yellow")

    def _levels(self) -> Iterator[set[str]]:
        """Names grouped so that nothing in a group is needed, or reported to, by a later one."""
        left = dict(self._services)
        while left:
            later = {name for s in left.values() for name in s.needs | s.reports_to if name in left}
            yield left.keys() - later
            left = {name: left[name] for name in later}
