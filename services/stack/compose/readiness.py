"""Whether containers are ready, will never be, or are already what an `up` would make of them."""

from collections.abc import Mapping, Sequence

from services.stack.compose.containers import Container
from services.stack.compose.images import image_ids
from services.stack.compose.model import ComposeService
from services.stack.compose.project import Project

_MOST_RESTARTS = 3


def is_ready(service: ComposeService, container: Container) -> bool:
    """Whether a server serves, or a job has done its work."""
    if service.is_job:
        return container.state == "exited" and container.exit_code == 0
    return container.runs and (container.health == "healthy" or not service.has_health_check)


def failure_reason(service: ComposeService, container: Container) -> str:
    """Why a container will not become ready any more; empty as long as it may."""
    ended = container.state in {"exited", "dead"}
    if container.out_of_memory and not container.runs:
        return "out of memory (its mem_limit in docker-compose.yml)"
    if ended and not (service.is_job and container.exit_code == 0):
        return f"exit code {container.exit_code}"
    if container.restarts >= _MOST_RESTARTS and container.health != "healthy":
        return f"started {container.restarts} times in vain, exit code {container.exit_code}"
    if container.health == "unhealthy":
        return f"unhealthy ({container.check_output or 'its check says nothing'})"
    return ""


def is_current(
    project: Project,
    wanted: Mapping[str, ComposeService],
    scale: Mapping[str, int],
    found: Sequence[Container],
) -> bool:
    """Whether every service has its containers, ready, and made from what is to be started now.

    Raises:
        DockerError: `docker-compose.yml`, or a value in it, is wrong.
    """
    own = [one for one in found if not one.one_off]
    counts = {name: sum(one.service == name for one in own) for name in wanted}
    if counts != {name: scale.get(name, 1) for name in wanted} or len(own) != sum(counts.values()):
        return False
    if not all(is_ready(wanted[one.service], one) for one in own):
        return False
    hashes = dict(line.split() for line in project.run("config", "--hash", "*").splitlines())
    images = image_ids(service.image for service in wanted.values())
    return all(
        one.configuration == hashes.get(one.service)
        and one.image == images.get(wanted[one.service].image)
        for one in own
    )
