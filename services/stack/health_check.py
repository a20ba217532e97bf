"""`python -m services.stack.health_check NAME`: a container's health check asks its service as a client would."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence

from services.settings import HOST, Settings, load_settings
from services.stack import probes
from services.stack.errors import NotReadyError
from services.terminal import Console

HEALTHY, UNHEALTHY = 0, 1


_PROBES: Mapping[str, Callable[[Settings], None]] = {
    "spark": probes.spark,
    "spark-master": lambda _: probes.http(f"http://{HOST}:8080/json/"),
    "spark-worker": lambda _: probes.http(f"http://{HOST}:8081/json/"),
    "speed": probes.speed,
    "workspace": lambda settings: probes.http(f"http://{HOST}:{settings.workspace_port}/health"),
    "jupyter": lambda settings: probes.http(f"http://{HOST}:{settings.jupyter_port}/api"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m services.stack.health_check", description=__doc__
    )
    parser.add_argument("name", choices=sorted(_PROBES))
    name: str = parser.parse_args(arguments).name
    try:
        _PROBES[name](load_settings())
    except NotReadyError as error:
        Console(stderr=True).print(str(error), soft_wrap=True)
        return UNHEALTHY
    return HEALTHY


if __name__ == "__main__":
    sys.exit(main())
