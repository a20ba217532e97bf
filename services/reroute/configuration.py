"""What the script's processes are given: a configuration file that only the user can read, and a few variables."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from urllib3.util import parse_url

from services.reroute import injected
from services.reroute.injected.pincloud_reroute.configuration import (
    VARIABLE,
    Aws,
    Configuration,
    MySQL,
)
from services.settings import HOST, Settings
from services.tables import TABLES, bucket

INJECTED = Path(next(iter(injected.__path__)))
_HTTP_PORT, _HTTPS_PORT = 80, 443
_UNPROXIED = ("127.0.0.1", "localhost", ".amazonaws.com", ".amazonaws.com.cn")


def run_configuration(
    settings: Settings, root: Path, folder: Path, proxy_port: int, *, fast: bool
) -> Configuration:
    """The run, as the script's processes see it."""
    gateway = parse_url(settings.gateway_url)
    default = _HTTPS_PORT if gateway.scheme == "https" else _HTTP_PORT
    return Configuration(
        folder=str(folder),
        root=str(root),
        fast=fast,
        gateway=(gateway.host or HOST, gateway.port or default),
        gateway_url=f"{settings.gateway_url.rstrip('/')}/{settings.gateway_stage}",
        proxy=(HOST, proxy_port),
        mysql=MySQL(
            host=settings.mysql_host,
            port=settings.mysql_port,
            user=settings.mysql_reader_user,
            password=settings.mysql_reader_password.get_secret_value(),
            database=settings.mysql_database,
        ),
        aws=Aws(
            endpoint_url=settings.aws_endpoint_url,
            region=settings.aws_default_region,
            access_key_id=settings.aws_access_key_id.get_secret_value(),
            secret_access_key=settings.aws_secret_access_key.get_secret_value(),
        ),
        kafka=settings.kafka_bootstrap,
        user_id=settings.user_id,
        bucket=bucket(settings.user_id),
        topics={table.name: table.topic(settings.user_id) for table in TABLES},
        stream_shards=settings.stream_shards,
        streams={table.name: table.stream(settings.user_id) for table in TABLES},
        tables={table.name: table.source for table in TABLES},
    )


def write(configuration: Configuration) -> Path:
    """Write the file into the run's folder."""
    path = Path(configuration.folder) / "configuration.json"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(configuration), file)
    return path


def environment(inherited: Mapping[str, str], file: Path) -> dict[str, str]:
    """The script's variables: the user's own, the way to our folder, and no proxy before what is local."""
    paths = [str(INJECTED), inherited.get("PYTHONPATH", "")]
    changed = {**inherited, VARIABLE: str(file), "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    for name in ("NO_PROXY", "no_proxy"):
        changed[name] = ",".join(filter(None, [inherited.get(name, ""), *_UNPROXIED]))
    return changed
