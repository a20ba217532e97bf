"""Where containers are reached on this machine: ports that they publish, whether those are free, and addresses."""

from collections.abc import Iterable, Mapping

from services.settings import HOST, Settings
from services.stack.compose.containers import Container, publishers
from services.stack.errors import StartError
from services.stack.machine.ports import TakenPort, shared_ports, taken_ports

PORTS: Mapping[str, tuple[str, ...]] = {
    "mysql": ("mysql_port",),
    "kafka": ("kafka_port",),
    "aws": ("aws_port",),
    "gateway": ("gateway_port",),
    "s3_sink": ("sink_port",),
    "spark": ("spark_port",),
    "spark_ui": ("spark_ui_port",),
    "workspace": ("workspace_port",),
    "jupyter": ("jupyter_port",),
    "airflow_api": ("airflow_port",),
}
"""Service → settings of the ports that it publishes."""


_URLS: Mapping[str, str] = {
    "mysql": "mysql://{mysql_reader_user}@{host}:{mysql_port}/{mysql_database}",
    "kafka": "kafka://{host}:{kafka_port}",
    "aws": "http://{host}:{aws_port}",
    "gateway": "http://{host}:{gateway_port}/{gateway_stage}/topics",
    "s3_sink": "http://{host}:{sink_port}/metrics",
    "spark": "sc://{host}:{spark_port}  with SPARK_TOKEN of .env",
    "spark_ui": "http://{host}:{spark_ui_port}",
    "workspace": "http://{host}:{workspace_port}",
    "jupyter": "http://{host}:{jupyter_port}/lab",
    "airflow_api": "http://{host}:{airflow_port}",
}


def urls(settings: Settings) -> dict[str, str]:
    """Service → what a person would open or connect to."""
    return {name: pattern.format(host=HOST, **dict(settings)) for name, pattern in _URLS.items()}


def ports(settings: Settings, services: Iterable[str]) -> dict[str, int]:
    """Setting → port of some services."""
    names = [name for service in services for name in PORTS.get(service, ())]
    return {name: getattr(settings, name) for name in names}


def require_free(ports: Mapping[str, int], own: Iterable[Container]) -> None:
    """Check ports (setting → port); those that the project's own containers publish are fine.

    Raises:
        StartError: one is taken, or two settings name the same.
    """
    published = {port for one in own if one.runs for port in one.ports}
    foreign = {name: port for name, port in ports.items() if port not in published}
    if problems := [*shared_ports(dict(ports)), *map(str, _taken(foreign))]:
        raise StartError("\n".join(problems))


def _taken(ports: Mapping[str, int]) -> list[TakenPort]:
    """By containers, which are named rather than Docker's proxy, and by processes."""
    if not ports:
        return []
    names = publishers(list(ports.values()))
    containers = [
        TakenPort(setting, port, f"the container {names[port]} (`docker stop {names[port]}`)")
        for setting, port in ports.items()
        if port in names
    ]
    others = {setting: port for setting, port in ports.items() if port not in names}
    return [*containers, *taken_ports(others)]
