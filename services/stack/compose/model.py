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
        builds: Whether the image is ours to build.
        ports: Ports of this machine that it publishes.
        once: Whether it is a job that ends, rather than a server.
        checked: Whether it has a health check.
    """

    name: str
    image: str
    builds: bool
    ports: Sequence[int]
    once: bool
    checked: bool


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
        builds="build" in body,
        ports=[int(port["published"]) for port in body.get("ports", ()) if port.get("published")],
        once=not body.get("restart", "").startswith(("unless-stopped", "always")),
        checked="healthcheck" in body,
    )
