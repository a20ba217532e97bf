"""Starting services and tasks in the order of their needs, side by side where they allow it."""

import subprocess
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import Event

from services.checkout.environment import inherited
from services.settings import PROJECT_ROOT
from services.stack.errors import NotReadyError, StartError
from services.stack.layout import Layout
from services.stack.machine.processes import STACK_VARIABLE
from services.stack.native.service import NativeService, StartTask
from services.stack.native.supervisor import Supervisor
from services.stack.report import Report, last_line

_POLL_SECONDS = 0.1
_CHECK_SECONDS = 0.5
"""A question to the supervisor costs more than most readiness checks, and all services ask."""

_PROGRESS_SECONDS = 10


class NativeStarter:
    """One start of a set of services and tasks."""

    def __init__(self, supervisor: Supervisor, layout: Layout, report: Report) -> None:
        self._supervisor = supervisor
        self._layout = layout
        self._report = report
        self._aborted = Event()

    def run(self, parts: list[NativeService | StartTask]) -> None:
        """Start everything and return when all is ready.

        Raises:
            StartError: the first part that failed; nothing new is begun after it.
        """
        waiting = {part.name: part for part in parts}
        running: dict[Future[None], str] = {}
        pool = ThreadPoolExecutor(max_workers=max(1, len(parts)), thread_name_prefix="start")
        try:
            while waiting or running:
                blocked = waiting.keys() | set(running.values())
                for part in [part for part in waiting.values() if not part.needs & blocked]:
                    running[pool.submit(self._start, part)] = waiting.pop(part.name).name
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    running.pop(future)
                    future.result()
        finally:
            self._aborted.set()
            pool.shutdown(cancel_futures=True)

    def _start(self, part: NativeService | StartTask) -> None:
        if isinstance(part, StartTask):
            self._run_task(part)
        else:
            self._start_service(part)

    def _start_service(self, service: NativeService) -> None:
        state = self._supervisor.states().get(service.name)
        if state is None or not state.alive:
            self._prepare(service)
            if self._aborted.is_set():
                return
            self._supervisor.start(service.name)
        if self._await_ready(service):
            self._report.line(service.name, "ready", service.url)

    def _prepare(self, service: NativeService) -> None:
        try:
            service.prepare()
        except subprocess.CalledProcessError as error:
            log = self._layout.log(service.name)
            with log.open("ab") as handle:
                handle.write((error.stdout or b"") + (error.stderr or b""))
            raise self._failure(service.name, last_line(log)) from error
        except OSError as error:
            raise self._failure(service.name, str(error)) from error

    def _await_ready(self, service: NativeService) -> bool:
        """Return whether it became ready; False when the whole start was given up meanwhile."""
        started = printed = checked = time.monotonic()
        while not self._aborted.is_set():
            try:
                service.ready()
            except NotReadyError as error:
                now = time.monotonic()
                if now > checked + _CHECK_SECONDS:
                    checked = now
                    self._check_alive(service)
                if now > started + service.deadline:
                    raise self._failure(
                        service.name, f"not ready after {service.deadline:.0f} s: {error}"
                    ) from error
                if now > printed + _PROGRESS_SECONDS:
                    printed = now
                    self._report.line(service.name, "waiting", str(error), style="yellow")
                self._aborted.wait(_POLL_SECONDS)
            else:
                return True
        return False

    def _check_alive(self, service: NativeService) -> None:
        state = self._supervisor.states().get(service.name)
        if state is None or state.state in {"FATAL", "EXITED", "STOPPED"}:
            raise self._failure(service.name, last_line(self._layout.log(service.name)))

    def _run_task(self, task: StartTask) -> None:
        log = self._layout.log(task.name)
        with log.open("a", encoding="utf-8") as handle:
            try:
                subprocess.run(
                    task.command,
                    stdout=handle,
                    stderr=handle,
                    env={**inherited(), STACK_VARIABLE: str(self._layout.state)},
                    cwd=PROJECT_ROOT,
                    timeout=task.deadline,
                    check=True,
                )
            except subprocess.SubprocessError as error:
                raise self._failure(task.name, last_line(log)) from error
        self._report.line(task.name, "done", last_line(log))

    def _failure(self, name: str, reason: str) -> StartError:
        self._report.line(name, "FAILED", reason, style="bold red")
        return StartError(
            f"{name} did not start: {reason}\n"
            f"Its log is {self._layout.log(name)}; `make logs SERVICE={name}` shows the end of it."
        )
