"""Taking a project's containers away, with a line for each."""

import subprocess
import tempfile
from dataclasses import replace
from threading import Event

from services.stack.compose.containers import containers
from services.stack.compose.docker import docker, docker_error
from services.stack.compose.project import Project
from services.stack.report import Report

_POLL_SECONDS = 0.3
_ONE_OFF_SECONDS = 10


def take_down(project: Project, report: Report, *, volumes: bool = False) -> None:
    """Stop and remove everything of a project, whatever its profile; volumes with their data only on request.

    Raises:
        DockerError: something could not be removed.
    """
    _end_one_offs(project)
    left = {one.service for one in containers(project.name) if one.runs}
    if not left:
        report.say("Nothing was running.")
    everything = replace(project, profiles=["*"])
    command = [
        "--progress",
        "plain",
        "down",
        "--remove-orphans",
        *(["--volumes"] if volumes else []),
    ]
    # In a session of its own and with a file to write to: it ends its work whatever becomes of us.
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as errors,
        everything.start(
            *command, stdout=subprocess.DEVNULL, stderr=errors, own_session=True
        ) as process,
    ):
        _follow(process, project, left, report)
        errors.seek(0)
        said = errors.read()
    if process.returncode:
        raise docker_error(everything.command(*command), said)


def _follow(
    process: "subprocess.Popen[bytes]", project: Project, left: set[str], report: Report
) -> None:
    """Tell what stops, to the end: the first Ctrl-C is answered by going on, since half a stack helps nobody."""
    pause, interrupted = Event(), False
    while True:
        try:
            ended = process.poll() is not None
            left = _print_stopped(project, left, report)
            if ended:
                return
            pause.wait(_POLL_SECONDS)
        except KeyboardInterrupt:
            if interrupted:
                raise
            interrupted = True
            report.say("The containers are being stopped; once more Ctrl-C does not wait for that.")


def _print_stopped(project: Project, left: set[str], report: Report) -> set[str]:
    """Print the services that have stopped; return those that still run."""
    if not left:
        return left
    running = {one.service for one in containers(project.name) if one.runs}
    for name in sorted(left - running):
        report.line(name, "stopped", style="yellow")
    return left & running


def _end_one_offs(project: Project) -> None:
    """`docker compose down` leaves those that run, and fails because the network is in use."""
    ids = [one.id for one in containers(project.name) if one.one_off]
    if ids:
        docker("container", "stop", "--timeout", str(_ONE_OFF_SECONDS), *ids)
        docker("container", "rm", "--force", *ids)
