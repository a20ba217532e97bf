"""The containers of one project, as Docker sees them now."""

import json
import subprocess
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from services.stack.compose.docker import docker

_LABEL = "com.docker.compose"
_TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Container:
    """One container.

    Attributes:
        id: Docker's own name for it.
        service: Of `docker-compose.yml`.
        one_off: Whether `docker compose run` made it.
        state: created, running, restarting, exited, dead, paused or removing.
        health: starting, healthy, unhealthy; empty when it has no check.
        exit_code: Of the last process that ended.
        out_of_memory: Whether that one was ended at the memory limit.
        restarts: How often Docker started it again since it was started by somebody.
        pid: Of its first process, 0 when there is none.
        started_at: Text that changes with every start.
        uptime: Seconds since then.
        ports: Ports of this machine that it publishes now.
        image: Id of the image that it was made from.
        configuration: Compose's hash of what it was made from.
        check_output: What its last health check said.
    """

    id: str
    service: str
    one_off: bool
    state: str
    health: str
    exit_code: int
    out_of_memory: bool
    restarts: int
    pid: int
    started_at: str
    uptime: int
    ports: frozenset[int]
    image: str
    configuration: str
    check_output: str

    @property
    def runs(self) -> bool:
        """Whether there is a process."""
        return self.state == "running"


def containers(project: str) -> list[Container]:
    """All containers of a project, those that ended too, one-off ones included.

    Raises:
        DockerError: Docker does not answer.
    """
    # The images that Compose has built say its project, too; only containers have a hash of their configuration.
    labels = (f"{_LABEL}.project={project}", f"{_LABEL}.config-hash")
    filters = [f"--filter=label={label}" for label in labels]
    ids = docker("container", "ls", "--all", "--quiet", "--no-trunc", *filters).split()
    return sorted((_container(body) for body in _inspected(ids)), key=lambda found: found.service)


def publishers(ports: Collection[int]) -> dict[int, str]:
    """Port of this machine → name of the container, of whatever project, that publishes it.

    Docker may hand a port on without listening on it, so that it looks free.

    Raises:
        DockerError: Docker does not answer.
    """
    filters = [f"--filter=publish={port}" for port in ports]
    found = _inspected(docker("container", "ls", "--quiet", "--no-trunc", *filters).split())
    named = [(port, body["Name"].lstrip("/")) for body in found for port in _published(body)]
    return {port: name for port, name in named if port in ports}


def last_log_line(identifier: str) -> str:
    """The last line of a container's log that says something."""
    lines = log(identifier, 20).splitlines()
    return next((line.strip() for line in reversed(lines) if line.strip()), "nothing in its log")[
        :300
    ]


def log(identifier: str, lines: int | None = None) -> str:
    """The end of a container's log, or all of it."""
    tail = ["--tail", str(lines)] if lines else []
    answer = subprocess.run(
        ["docker", "logs", *tail, identifier],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        timeout=_TIMEOUT_SECONDS,
    )
    return answer.stdout


def _inspected(ids: list[str]) -> list[dict[str, Any]]:
    """What Docker knows of them; those that are gone by now are left out, at which it ends with an error."""
    if not ids:
        return []
    answer = subprocess.run(
        ["docker", "container", "inspect", *ids], capture_output=True, text=True, check=False
    )
    found: list[dict[str, Any]] = json.loads(answer.stdout or "[]")
    return found


def _container(body: Mapping[str, Any]) -> Container:
    state, labels = body["State"], body["Config"]["Labels"]
    health = state.get("Health") or {}
    checks = health.get("Log") or [{}]
    return Container(
        id=body["Id"],
        service=labels.get(f"{_LABEL}.service", ""),
        one_off=labels.get(f"{_LABEL}.oneoff") == "True",
        state=state["Status"],
        health=health.get("Status", "").replace("none", ""),
        exit_code=state["ExitCode"],
        out_of_memory=state.get("OOMKilled", False),
        restarts=body.get("RestartCount", 0),
        pid=state.get("Pid", 0),
        started_at=state.get("StartedAt", ""),
        uptime=_seconds_since(state["StartedAt"]) if state["Status"] == "running" else 0,
        ports=_published(body),
        image=body["Image"],
        configuration=labels.get(f"{_LABEL}.config-hash", ""),
        check_output=(checks[-1].get("Output") or "").strip()[-300:],
    )


def _published(body: Mapping[str, Any]) -> frozenset[int]:
    bindings = (body["NetworkSettings"].get("Ports") or {}).values()
    return frozenset(int(one["HostPort"]) for both in bindings for one in both or ())


def _seconds_since(moment: str) -> int:
    """From Docker's time stamp, which has nine digits of a second."""
    started = datetime.fromisoformat(moment[:19]).replace(tzinfo=UTC)
    return max(0, int((datetime.now(UTC) - started).total_seconds()))
