"""AWS_ENGINE: which servers S3 and Kinesis are in Compose, and what each of them keeps."""

from collections.abc import Mapping

from services.settings import HOST, Settings

PROFILES = ("localstack", "durable")
"""Profiles of `docker-compose.yml`, of which one is on."""

_SERVICES: Mapping[str, str] = {"localstack": "localstack", "durable": "kinesis"}
"""Engine → the service that its profile has."""

_GATE_ALONE: Mapping[str, str] = {"AWS_MEMORY_LIMIT": "128m"}
"""Before LocalStack the container `aws` runs no S3 of its own."""


def variables(settings: Settings) -> Mapping[str, str]:
    return _GATE_ALONE if settings.aws_engine == "localstack" else {}


def replaced(settings: Settings) -> frozenset[str]:
    """Services of the other engine: Compose leaves them running when the profile changes."""
    return frozenset(_SERVICES.values()) - {_SERVICES[settings.aws_engine]}


def notice(settings: Settings) -> str:
    """What the default does not keep, and how to get what does; empty with the other one."""
    own = f"http://{HOST}:{settings.aws_port}"
    if settings.aws_engine == "durable" or settings.aws_endpoint_url != own:
        return ""
    return (
        "S3 and Kinesis are LocalStack's: its restart loses what is in S3, but for the sink's objects, and `kill -9` "
        "the last seconds of a stream that nobody has read; AWS_ENGINE=durable in .env keeps both."
    )
