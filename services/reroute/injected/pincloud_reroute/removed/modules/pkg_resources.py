"""`pkg_resources`, which setuptools no longer brings: versions, and files beside a package."""

from __future__ import annotations

import importlib
import os
import re
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

DistributionNotFound = PackageNotFoundError


class VersionConflict(Exception):
    """Never raised here."""


def get_distribution(name: str) -> Any:
    """The installed distribution; it has `version`."""
    return distribution(re.split(r"[<>=!~\[; ]", name)[0])


def require(*names: str) -> list[Any]:
    return [get_distribution(name) for name in names]


def parse_version(version: str) -> tuple[Any, ...]:
    """Something that compares as versions of numbers do."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


def resource_filename(package: str, name: str) -> str:
    file = importlib.import_module(package).__file__ or ""
    return os.path.join(os.path.dirname(file), name)


def resource_exists(package: str, name: str) -> bool:
    return os.path.exists(resource_filename(package, name))


def resource_string(package: str, name: str) -> bytes:
    with open(resource_filename(package, name), "rb") as file:
        return file.read()


def resource_stream(package: str, name: str) -> Any:
    return open(resource_filename(package, name), "rb")


def iter_entry_points(group: str, name: str | None = None) -> list[Any]:
    """None: plugins that are installed are found by importlib.metadata."""
    return []
