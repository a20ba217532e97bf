"""The stack's commands in Docker Compose."""

import contextlib
import subprocess
import sys
from collections.abc import Sequence

from services.checkout import docker_engine
from services.settings import env_file, load_settings
from services.stack.commands import UpRequest, require_services
from services.stack.compose import aws_engine
from services.stack.compose.assembly import checkout_stack, complete_stack
from services.stack.compose.docker import docker
from services.stack.compose.selection import Selection, remember, remembered
from services.stack.report import Report
from services.stack.status import ServiceStatus


class ComposeCommands:
    """Containers of one Compose project."""

    def setup(self, report: Report) -> None:
        complete_stack(_remembered(), report).build(report)
        report.say("Ready: `make up` starts the stack.")

    def up(self, request: UpRequest, why: str, report: Report) -> None:
        """Start what does not run yet, and wait until all is ready."""
        selection = _selection(request, report)
        stack = complete_stack(selection, report)
        if not stack.is_up and (problem := docker_engine.problem()):
            report.say(str(problem), "yellow")
        if warning := docker_engine.warning():
            report.say(warning, "yellow")
        remember(load_settings().state_dir.resolve(), selection)
        report.say(
            f"Runtime: compose ({len(stack.services())} services in containers, project {stack.project.name}), "
            f"profile {selection}. {why}"
        )
        if notice := aws_engine.notice(load_settings()):
            report.say(notice, "dim")
        stack.up(report)

    def down(self, report: Report) -> None:
        """Remove the containers; volumes stay."""
        checkout_stack().down(report)

    def clean(self, report: Report) -> None:
        """Remove containers, volumes and state."""
        stack = checkout_stack()
        stack.clean(report)
        report.say(
            f"Deleted the volumes of {stack.project.name} and {load_settings().state_dir.resolve()}. "
            f"Settings and secrets stay in {env_file()}, images in Docker."
        )

    def restart(self, names: Sequence[str], report: Report) -> None:
        stack = complete_stack(_remembered(), report)
        require_services(names, list(stack.services()))
        stack.restart(names, report)

    def status(self) -> Sequence[ServiceStatus]:
        return checkout_stack().status()

    def logs(self, names: Sequence[str], lines: int, *, follow: bool) -> int:
        stack = checkout_stack()
        require_services(
            names, sorted({*stack.services(), *(c.service for c in stack.containers())})
        )
        options = ["--tail", str(lines), *(["--follow"] if follow else [])]
        with contextlib.suppress(KeyboardInterrupt):
            return subprocess.run(
                stack.project.command("logs", *options, *names),
                cwd=stack.project.folder,
                env=stack.project.environment,
                check=False,
            ).returncode
        return 0

    def job(self, module: str, arguments: Sequence[str]) -> list[str]:
        """A container beside the stack's."""
        return [sys.executable, "-m", "services.stack.run", module, *arguments]

    def data(self) -> str:
        """When the volume was made: `docker compose down --volumes` leaves the state folder as it is."""
        volume = f"{checkout_stack().project.name}_state"
        return docker("volume", "inspect", volume, "--format", "{{.CreatedAt}}").strip()

    def lake(self) -> str:
        return f"/state/lake in the volume {checkout_stack().project.name}_state"


def _selection(request: UpRequest, report: Report) -> Selection:
    """What was asked for, but never less than what runs."""
    asked = Selection.parse(request.profile)
    wanted = Selection(asked.base, asked.extras, request.workers or asked.workers)
    running = _remembered()
    if wanted.joined(running) == wanted or not checkout_stack(running).is_up:
        return wanted
    if not request.profile or asked.base != running.base:
        report.say(f"The {running} stack runs, and stays as it is: `make down` stops it.", "yellow")
    return wanted.joined(running)


def _remembered() -> Selection:
    return remembered(load_settings().state_dir.resolve())
