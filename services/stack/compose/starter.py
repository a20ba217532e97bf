"""`docker compose up` with a line for each service that is ready, as the native runtime prints them."""

import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Event

from services.files import private_folder
from services.stack.compose.containers import Container, containers, last_log_line, log
from services.stack.compose.model import ComposeService
from services.stack.compose.project import Project
from services.stack.compose.readiness import failure_reason, is_ready
from services.stack.errors import StartError
from services.stack.report import Report, last_line

_POLL_SECONDS = 0.8
_PROGRESS_SECONDS = 15
_DEADLINE_SECONDS = 900
"""Beyond every health check's own deadline: for a Docker that hangs."""


class ComposeStarter:
    """One start, of some services or all; `urls` has what to print beside each."""

    def __init__(
        self,
        project: Project,
        services: Mapping[str, ComposeService],
        urls: Mapping[str, str],
        logs: Path,
        report: Report,
    ) -> None:
        self._project = project
        self._services = services
        self._urls = urls
        self._logs = logs
        self._report = report
        self._before = {one.id: one.started_at for one in containers(project.name)}
        self._ready: set[str] = set()

    def run(self, *arguments: str) -> None:
        """Run a command of `docker compose` that starts the services, and return when all are ready.

        Raises:
            StartError: a service ended, is unhealthy, or is not ready in time.
            DockerError: Docker does not answer.
        """
        private_folder(self._logs)
        log_file = self._logs / "compose.log"
        with log_file.open("w", encoding="utf-8") as handle:
            process = self._project.start(
                "--progress", "plain", *arguments, stdout=handle, stderr=handle, own_session=True
            )
        try:
            self._follow(process, log_file)
        finally:
            process.terminate()
            process.wait()

    def _follow(self, process: subprocess.Popen[bytes], log_file: Path) -> None:
        started = printed = time.monotonic()
        pause = Event()
        while True:
            code = process.poll()
            found = self._look(settled=code == 0)
            if code == 0 and self._ready >= self._services.keys():
                return
            if code:
                raise self._refused(found, log_file)
            now = time.monotonic()
            if now > started + _DEADLINE_SECONDS:
                raise StartError(f"Not ready after {_DEADLINE_SECONDS} s: {self._waiting()}.")
            if now > printed + _PROGRESS_SECONDS:
                printed = now
                self._print_waiting(found)
            pause.wait(_POLL_SECONDS)

    def _look(self, *, settled: bool) -> list[Container]:
        """Print what has become ready; a container that ran before counts once Compose has settled all."""
        found = [one for one in containers(self._project.name) if self._is_wanted(one)]
        for service in self._services.values():
            own = [one for one in found if one.service == service.name]
            fresh = [one for one in own if settled or self._is_fresh(one)]
            for one in fresh:
                self._check(service, one)
            if fresh == own and own and all(is_ready(service, one) for one in own):
                self._print_ready(service, own)
        return found

    def _is_wanted(self, container: Container) -> bool:
        return container.service in self._services and not container.one_off

    def _is_fresh(self, container: Container) -> bool:
        return self._before.get(container.id) != container.started_at

    def _print_ready(self, service: ComposeService, own: Sequence[Container]) -> None:
        if service.name in self._ready:
            return
        self._ready.add(service.name)
        if service.is_job:
            self._report.line(service.name, "done", last_log_line(own[0].id))
        else:
            self._report.line(service.name, "ready", self._urls.get(service.name, ""))

    def _print_waiting(self, found: Sequence[Container]) -> None:
        """Signs of life of those that have been started; what waits for them in turn is not told."""
        for one in found:
            begun = self._is_fresh(one) and one.state in {"running", "restarting"}
            if begun and one.service not in self._ready:
                said = one.check_output.splitlines()[-1:] or [one.health or one.state]
                self._report.line(one.service, "waiting", said[0], style="yellow")

    def _waiting(self) -> str:
        return ", ".join(sorted(self._services.keys() - self._ready))

    def _check(self, service: ComposeService, container: Container) -> None:
        """Raise for a container that will not become ready any more."""
        if reason := failure_reason(service, container):
            raise self._failure(container, reason)

    def _refused(self, found: Sequence[Container], log_file: Path) -> StartError:
        """What `docker compose` itself had against it: a container's trouble, if it was one."""
        for one in found:
            if self._is_fresh(one) or one.health == "unhealthy":
                self._check(self._services[one.service], one)
        return StartError(
            f"Docker Compose could not start the stack: {last_line(log_file)}\n"
            f"All that it said is in {log_file}."
        )

    def _failure(self, container: Container, reason: str) -> StartError:
        """With its log kept: the container may be gone when somebody looks."""
        file = self._logs / f"{container.service}.log"
        file.write_text(log(container.id), encoding="utf-8")
        words = f"{reason}: {last_log_line(container.id)}"
        self._report.line(container.service, "FAILED", words, style="bold red")
        return StartError(f"{container.service} did not start: {words}\nIts log is {file}.")
