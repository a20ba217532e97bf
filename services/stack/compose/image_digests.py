"""Digests of the images that others publish: `requirements/images.lock`, one a line: `name:tag sha256:…`.

`docker-compose.yml` and the Dockerfiles have a variable behind each such tag, which is filled from there. An image of
this machine that came from no registry, under the same tag, is taken as it is. `python -m
services.stack.compose.image_digests` asks the registries and writes the file anew.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from services.files import write_private
from services.settings import PROJECT_ROOT
from services.stack.compose.docker import DockerError, docker

LOCK = PROJECT_ROOT / "requirements" / "images.lock"
FILES = (
    "docker-compose.yml",
    "services/Dockerfile",
    "services/streams/localstack/Dockerfile",
    "spark_jobs/Dockerfile",
    "airflow/Dockerfile",
)

_IMAGE = re.compile(r"([a-z][\w./-]*:[\w.-]+)\$\{(\w+_DIGEST)(?::-)?\}")
_LINE = re.compile(r"(\S+:\S+) (sha256:[0-9a-f]{64})")
_HEADER = "# Digests of the images of docker-compose.yml and the Dockerfiles. `make lock-images` writes this file.\n"
_MODE = 0o644


def images(folder: Path = PROJECT_ROOT) -> dict[str, str]:
    """Image with its tag → the variable behind it."""
    texts = [(folder / name).read_text(encoding="utf-8") for name in FILES]
    return {image: variable for text in texts for image, variable in _IMAGE.findall(text)}


def read(lock: Path = LOCK) -> dict[str, str]:
    """Image with its tag → its digest; empty when there is no such file."""
    if not lock.exists():
        return {}
    lines = lock.read_text(encoding="utf-8").splitlines()
    return {found[1]: found[2] for line in lines if (found := _LINE.fullmatch(line))}


def variables(
    digests: Mapping[str, str], named: Mapping[str, str], own: Iterable[str]
) -> dict[str, str]:
    """What Compose is told, of the images that are locked and are not this machine's own."""
    pinned = digests.keys() & named.keys() - set(own)
    return {named[image]: f"@{digests[image]}" for image in sorted(pinned)}


def made_here(names: Iterable[str]) -> list[str]:
    """Those images that lie on this machine and came from no registry."""
    command = ["docker", "image", "inspect", "--format", "{{json .RepoTags}} {{json .RepoDigests}}"]
    try:
        answer = subprocess.run(
            [*command, *names], capture_output=True, text=True, check=False, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return []  # what Docker has against it, the command that follows says
    rows = [line.split(" ", 1) for line in answer.stdout.splitlines() if line]
    local = {tag for tags, digests in rows if not json.loads(digests) for tag in json.loads(tags)}
    return sorted(local & set(names))


def digest_of(image: str) -> str:
    """What the registry has under a tag, for all processors together.

    Raises:
        DockerError: it does not say.
    """
    answer = docker("buildx", "imagetools", "inspect", image, "--format", "{{json .Manifest}}")
    return str(json.loads(answer)["digest"])


def main() -> int:
    """Ask for all, then write; exit code 1 when one has no answer, and the file stays as it is."""
    try:
        found = {image: digest_of(image) for image in sorted(images())}
    except (DockerError, ValueError, KeyError) as error:
        sys.stderr.write(f"{LOCK.name} stays as it is, since a registry gave no digest: {error}\n")
        return 1
    write_private(LOCK, _HEADER + "".join(f"{image} {digest}\n" for image, digest in found.items()))
    LOCK.chmod(_MODE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
