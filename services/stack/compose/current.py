"""Whether there is anything to start at all."""

from collections.abc import Mapping, Sequence

from services.stack.compose.containers import Container
from services.stack.compose.images import image_ids
from services.stack.compose.model import ComposeService
from services.stack.compose.project import Project
from services.stack.compose.up import is_ready


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
