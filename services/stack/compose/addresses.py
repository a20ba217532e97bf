"""Where the services are on this machine: the settings that name their ports, and what a person would open."""

from collections.abc import Iterable, Mapping

from services.settings import HOST, Settings

PORTS: Mapping[str, tuple[str, ...]] = {
    "mysql": ("mysql_port",),
    "kafka": ("kafka_port",),
    "localstack": ("aws_port",),
    "gateway": ("gateway_port",),
    "s3_sink": ("sink_port",),
    "spark": ("spark_port", "spark_ui_port"),
    "workspace": ("workspace_port",),
    "jupyter": ("jupyter_port",),
    "airflow_api": ("airflow_port",),
}
"""Service → settings of the ports that it publishes."""


_URLS: Mapping[str, str] = {
    "mysql": "mysql://{mysql_reader_user}@{host}:{mysql_port}/{mysql_database}",
    "kafka": "kafka://{host}:{kafka_port}",
    "localstack": "http://{host}:{aws_port}",
    "gateway": "http://{host}:{gateway_port}/{gateway_stage}/topics",
    "s3_sink": "http://{host}:{sink_port}/metrics",
    "spark": "sc://{host}:{spark_port}",
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
