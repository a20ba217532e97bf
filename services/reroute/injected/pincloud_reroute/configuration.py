"""What the runner passes to the processes of a run: one JSON file, named by one variable."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

VARIABLE = "PINCLOUD_REROUTE"
"""The environment's name for the file; children of the script inherit it."""


@dataclass(frozen=True)
class MySQL:
    """The local source, and its account that can only read."""

    host: str
    port: int
    user: str
    password: str
    database: str


@dataclass(frozen=True)
class Aws:
    """The local S3 and Kinesis."""

    endpoint_url: str
    region: str
    access_key_id: str
    secret_access_key: str


@dataclass(frozen=True)
class Configuration:
    """The run.

    Attributes:
        folder: The run's own folder: notes of what was said, and what is offered for missing files.
        root: The script's folder.
        fast: Sleeps of the script's own code end at once.
        gateway: Host and port of the local gateway.
        gateway_url: The same with scheme and stage, for credential files.
        proxy: Host and port of the runner's proxy, which forwards requests to the gateway and counts them.
        mysql: The source.
        aws: S3 and Kinesis.
        kafka: Bootstrap servers.
        user_id: The pipeline's twelve hexadecimal digits.
        bucket: The bucket that the sink writes to.
        topics: Table → its topic.
        streams: Table → its stream.
        tables: Table → its name in MySQL.
        script: The script's path, as the user may name it.
        write: Missing files are written where they are looked for, and the script ends before its first contact.
        stream_shards: Shards of a stream that is made.
        offered: The environment holds local credentials that the script asks it for.
    """

    folder: str
    root: str
    fast: bool
    gateway: tuple[str, int]
    gateway_url: str
    proxy: tuple[str, int]
    mysql: MySQL
    aws: Aws
    kafka: str
    user_id: str
    bucket: str
    topics: dict[str, str]
    streams: dict[str, str]
    tables: dict[str, str]
    stream_shards: int = 2
    script: str = ""
    write: bool = False
    offered: bool = False


def read() -> Configuration | None:
    """The configuration; None in a process that belongs to no run, or to one that is over."""
    try:
        with open(os.environ[VARIABLE], encoding="utf-8") as file:
            return parse(json.load(file))
    except (KeyError, OSError, ValueError):
        return None


def parse(fields: dict[str, Any]) -> Configuration:
    """A configuration from its JSON object."""
    parts = {
        "mysql": MySQL(**fields["mysql"]),
        "aws": Aws(**fields["aws"]),
        "gateway": tuple(fields["gateway"]),
        "proxy": tuple(fields["proxy"]),
    }
    return Configuration(**{**fields, **parts})
