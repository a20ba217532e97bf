"""The stack in containers as a whole: bringing it up, taking it down, and telling how it is."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.files import private_folder
from services.settings import Settings
from services.stack.compose import aws_engine, status
from services.stack.compose.addresses import ports, require_free, urls
from services.stack.compose.containers import Container, containers
from services.stack.compose.down import take_down
from services.stack.compose.images import ensure_images
from services.stack.compose.model import ComposeService, services
from services.stack.compose.project import Project
from services.stack.compose.readiness import is_current
from services.stack.compose.selection import Selection
from services.stack.compose.starter import ComposeStarter
from services.stack.errors import StartError
from services.stack.machine.lock import one_command
from services.stack.report import Report
from services.stack.status import ContainerStatus


class ComposeStack:
    """The containers of one project.

    Args:
        project: What `docker compose` is called with.
        settings: Of the stack, as this machine sees it.
        selection: Which services are wanted.
    """

    def __init__(self, project: Project, settings: Settings, selection: Selection) -> None:
        self.project = project
        self._settings = settings
        self._selection = selection
        self._state = settings.state_dir.resolve()
        self._urls = urls(settings)
        self._recreates = False

    @property
    def is_up(self) -> bool:
        """Whether a container of a service runs."""
        return any(one.runs and not one.one_off for one in containers(self.project.name))

    def require_up(self) -> None:
        """Refuse to go on with a stack that is down.

        Raises:
            StartError: it is.
        """
        if not self.is_up:
            raise StartError("The stack is down. `make up` starts it.")

    def services(self) -> dict[str, ComposeService]:
        """The services that are wanted.

        Raises:
            DockerError: `docker-compose.yml`, or a value in it, is wrong.
        """
        found = services(self.project)
        return {name: one for name, one in found.items() if self._selection.includes(name)}

    def recreate(self) -> None:
        """Let the next start make running containers anew: they have read secrets that are not valid any more."""
        self._recreates = True

    def build(self, report: Report) -> None:
        """Build our images, unless they are there.

        Raises:
            DockerError: a build failed.
        """
        private_folder(self._state)
        ensure_images(self.project, services(self.project).values(), self._state, report)

    def up(self, report: Report) -> None:
        """Start what does not run yet, and wait until all is ready.

        A stack that was down is taken down again when that fails or is interrupted; one that was up stays.

        Raises:
            StartError: a port is taken, or a service did not become ready.
            DockerError: Docker refused something.
        """
        with one_command(self._state, report):
            self._up(report)

    def down(self, report: Report) -> None:
        """Remove all containers, one-off ones too, and the network. Volumes stay."""
        with one_command(self._state, report):
            take_down(self.project, report)

    def restart(self, names: Sequence[str], report: Report) -> None:
        """Stop and start some services, or the whole stack when none is named.

        Raises:
            StartError: services are named and the stack is down, or see `up`.
        """
        with one_command(self._state, report):
            if names:
                self._restart(names, report)
            else:
                take_down(self.project, report)
                self._up(report)

    def clean(self, report: Report) -> None:
        """Remove the containers, the volumes with all data, and the state folder. Images stay."""
        with one_command(self._state, report):
            take_down(self.project, report, volumes=True)
            shutil.rmtree(self._state)

    def status(self) -> list[ContainerStatus]:
        """How each service is; those without a container are STOPPED."""
        found = containers(self.project.name)
        return status.rows(self.services(), found, self._urls)

    def _up(self, report: Report) -> None:
        wanted, running = self.services(), containers(self.project.name)
        require_free(ports(self._settings, wanted), running)
        was_up = any(one.runs and not one.one_off for one in running)
        self.build(report)
        if not self._recreates and is_current(
            self.project, wanted, self._selection.scale, self.containers()
        ):
            self._print_ready(wanted, report)
            return
        try:
            self._take_away(running, report)
            self._start(wanted, report)
        except BaseException:
            if not was_up:
                report.say("Stopping what was started …", "yellow")
                take_down(self.project, report)
            raise

    def _print_ready(self, wanted: Mapping[str, ComposeService], report: Report) -> None:
        for service in wanted.values():
            if not service.is_job:
                report.line(service.name, "ready", self._urls.get(service.name, ""))

    def _take_away(self, running: Sequence[Container], report: Report) -> None:
        names = sorted({one.service for one in running} & aws_engine.replaced(self._settings))
        if names:
            replace(self.project, profiles=["*"]).run("rm", "--stop", "--force", *names)
            report.line(
                ", ".join(names),
                "stopped",
                "AWS_ENGINE is another one now; `make clean` before going back",
                style="yellow",
            )

    def _start(self, wanted: Mapping[str, ComposeService], report: Report) -> None:
        scale = [f"--scale={name}={n}" for name, n in self._selection.scale.items()]
        anew = ["--force-recreate"] if self._recreates else []
        options = ["--detach", "--no-build", "--remove-orphans", *anew, *scale]
        self._starting(wanted, report).run("up", *options, *wanted)

    def _restart(self, names: Sequence[str], report: Report) -> None:
        self.require_up()
        wanted = {name: service for name, service in self.services().items() if name in names}
        self._starting(wanted, report).run("restart", "--no-deps", *wanted)

    def _starting(self, wanted: Mapping[str, ComposeService], report: Report) -> ComposeStarter:
        return ComposeStarter(self.project, wanted, self._urls, self._state / "logs", report)

    def containers(self) -> list[Container]:
        return containers(self.project.name)
