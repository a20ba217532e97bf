"""Rows of `make status` for containers."""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from services.stack.compose.containers import Container
from services.stack.compose.docker import DockerError, docker
from services.stack.compose.model import ComposeService
from services.stack.status import ContainerStatus

_SIZE = re.compile(r"([\d.]+)\s*([kKMGT]?i?)B")
_UNITS = {"": 1, "k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}


def rows(
    services: Mapping[str, ComposeService], found: Sequence[Container], urls: Mapping[str, str]
) -> list[ContainerStatus]:
    """A row for each server, wanted or left over from another profile; jobs have ended and have none."""
    jobs = {name for name, service in services.items() if service.is_job}
    serving = [one for one in found if not one.one_off and one.service not in jobs]
    names = {name for name in services if name not in jobs} | {one.service for one in serving}
    used = memory([one.id for one in serving if one.runs])
    own = {name: [one for one in serving if one.service == name] for name in sorted(names)}
    return [_row(name, own[name], used, urls.get(name, "")) for name in own]


def memory(ids: Collection[str]) -> dict[str, int]:
    """Id → bytes that a container uses now."""
    if not ids:
        return {}
    try:
        text = docker("stats", "--no-stream", "--no-trunc", "--format", "json", *ids)
    except DockerError:  # one of them has just ended
        return {}
    lines = map(json.loads, text.splitlines())
    return {line["ID"]: bytes_of(line["MemUsage"].partition("/")[0]) for line in lines}


def bytes_of(size: str) -> int:
    """`1.5GiB` → 1610612736; 0 for what is no size."""
    match = _SIZE.search(size)
    return round(float(match[1]) * (_BINARY | _UNITS)[match[2]]) if match else 0


def _row(name: str, own: Sequence[Container], used: Mapping[str, int], url: str) -> ContainerStatus:
    if not own:
        return ContainerStatus(name, "STOPPED", 0, 0, 0, url, "", 0)
    worst = min(own, key=_rank)
    return ContainerStatus(
        name,
        _state(worst),
        worst.pid,
        worst.uptime,
        sum(used.get(one.id, 0) for one in own),
        url,
        worst.health,
        sum(one.restarts for one in own),
    )


def _rank(container: Container) -> int:
    """A service is as well as its worst container."""
    order: Iterable[str] = ("EXITED", "RESTARTING", "UNHEALTHY", "STARTING", "RUNNING")
    state = _state(container)
    return next((rank for rank, name in enumerate(order) if name == state), -1)


def _state(container: Container) -> str:
    if container.runs and container.health in {"starting", "unhealthy"}:
        return container.health.upper()
    return container.state.upper()
