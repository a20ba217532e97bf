"""Building our images, when something that goes into them has changed."""

import hashlib
import json
import re
import subprocess
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from services.files import private_folder
from services.stack.compose.docker import DockerError, docker, docker_error
from services.stack.compose.model import ComposeService
from services.stack.compose.project import Project
from services.stack.report import Report, tail

_INPUTS = (
    ".dockerignore",
    "airflow",
    "docker-compose.yml",
    "requirements",
    "seed_data",
    "services",
    "spark_jobs",
)
_MOUNTED = ("airflow/dags", "airflow/plugins", "spark_jobs/notebooks/user")
"""What containers see as it is on this machine, and images do without."""

_PROGRESS_SECONDS = 10
_STEP = re.compile(r"#(?P<number>\d+) \[(?P<where>[^\]]*\d+/\d+)\] (?P<what>.*)")


def ensure_images(
    project: Project, services: Iterable[ComposeService], state: Path, report: Report
) -> None:
    """Build what is missing or was made from other files.

    Raises:
        DockerError: a build failed; the end of what it said is in the message.
    """
    own = sorted({service.image for service in services if service.is_built})
    record = state / "images.json"
    wanted = _fingerprint(project.folder)
    if not own or _read(record) == {"inputs": wanted, "images": image_ids(own)}:
        return
    report.say("Building the images (minutes the first time, seconds later) …")
    names = sorted(service.name for service in _one_for_each_image(services))
    _build(project, names, state / "logs" / "build.log", report)
    ids = image_ids(own)
    record.write_text(json.dumps({"inputs": wanted, "images": ids}), encoding="utf-8")


def _one_for_each_image(services: Iterable[ComposeService]) -> Iterable[ComposeService]:
    """The first by name of those that share one: Docker would build it once for each."""
    own = sorted((s for s in services if s.is_built), key=lambda s: s.name, reverse=True)
    return {service.image: service for service in own}.values()


def image_ids(images: Iterable[str]) -> dict[str, str]:
    """Image → id; empty when one of them is not there."""
    names = sorted(set(images))
    try:
        ids = docker("image", "inspect", "--format", "{{.Id}}", *names).split()
    except DockerError:
        return {}
    return dict(zip(names, ids, strict=True))


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(_inputs(folder)):
        digest.update(f"{file.relative_to(folder)}\0{file.stat().st_mode}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _inputs(folder: Path) -> Iterator[Path]:
    for name in _INPUTS:
        top = folder / name
        for file in [top] if top.is_file() else top.rglob("*"):
            inside = file.relative_to(folder).as_posix()
            if file.is_file() and "__pycache__" not in inside and not inside.startswith(_MOUNTED):
                yield file


def _read(record: Path) -> object:
    try:
        return json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _build(project: Project, names: list[str], log: Path, report: Report) -> None:
    """Build quietly, with a line for each step that took a while, and signs of life."""
    private_folder(log.parent)
    command = ("--progress", "plain", "build", *names)
    with (
        log.open("w", encoding="utf-8") as handle,
        project.start(*command, stdout=handle, stderr=handle) as process,
    ):
        _follow(process, log, report)
    if process.returncode:
        raise docker_error(
            ["docker", "compose", "build"], "\n".join([*tail(log, 8), f"(all of it: {log})"])
        )
    report.line("images", "built")


def _follow(process: subprocess.Popen[bytes], log: Path, report: Report) -> None:
    said, shown = time.monotonic(), ""
    while _still_runs(process):
        step = _last_step(log)
        late = time.monotonic() > said + _PROGRESS_SECONDS
        if step and (step != shown or late):
            said, shown = time.monotonic(), step
            report.line("images", "building", step, style="yellow")


def _still_runs(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(1)
    except subprocess.TimeoutExpired:
        return True
    return False


def _last_step(log: Path) -> str:
    """`spark environment 3/5: RUN …`, the step that was begun last."""
    matches = [match for line in tail(log, 200) if (match := _STEP.match(line))]
    return f"{matches[-1]['where']}: {matches[-1]['what']}"[:100] if matches else ""
