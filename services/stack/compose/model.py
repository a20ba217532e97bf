"""What `docker-compose.yml` says, as Compose itself reads it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.stack.compose.project import Project


@dataclass(frozen=True)
class ComposeService:
    """A service of the file.

    Attributes:
        name: Its name, also on the network.
        image: What it runs.
        is_built: Whether the image is ours to build.
        ports: Ports of this machine that it publishes.
        is_job: Whether it is a job that ends, rather than a server.
        has_health_check: Whether it has a health check.
    """

    name: str
    image: str
    is_built: bool
    ports: Sequence[int]
    is_job: bool
    has_health_check: bool


def services(project: Project) -> dict[str, ComposeService]:
    """The services of the profiles that are on, by name.

    Raises:
        DockerError: the file, or a value in it, is wrong.
    """
    model = json.loads(project.run("config", "--format", "json"))
    return {name: _service(name, body) for name, body in sorted(model["services"].items())}


def _service(name: str, body: Mapping[str, Any]) -> ComposeService:
    return ComposeService(
        name=name,
        image=body.get("image", ""),
        is_built="build" in body,
        ports=[int(port["published"]) for port in body.get("ports", ()) if port.get("published")],
        is_job=not body.get("restart", "").startswith(("unless-stopped", "always")),
        has_health_check="healthcheck" in body,
    )
