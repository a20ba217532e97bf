"""docker-compose.yml as it is written, with its anchors resolved."""

from typing import Any

import pytest
import yaml

from services.settings import PROJECT_ROOT

ComposeFile = dict[str, Any]


@pytest.fixture(scope="session")
def compose() -> ComposeFile:
    """The whole file."""
    text = (PROJECT_ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    found: ComposeFile = yaml.safe_load(text)
    return found


@pytest.fixture(scope="session")
def default(compose: ComposeFile) -> dict[str, ComposeFile]:
    """Services that `make up` starts by default, with LocalStack."""
    return _with_profile(compose, "localstack")


@pytest.fixture(scope="session")
def lasting(default: dict[str, ComposeFile]) -> dict[str, ComposeFile]:
    """Those of them that go on running."""
    return _lasting(default)


@pytest.fixture(scope="session")
def durable(compose: ComposeFile) -> dict[str, ComposeFile]:
    """Services that go on running with AWS_ENGINE=durable."""
    return _lasting(_with_profile(compose, "durable"))


def _with_profile(compose: ComposeFile, profile: str) -> dict[str, ComposeFile]:
    services: dict[str, ComposeFile] = compose["services"]
    return {
        name: row for name, row in services.items() if profile in row.get("profiles", [profile])
    }


def _lasting(services: dict[str, ComposeFile]) -> dict[str, ComposeFile]:
    return {name: row for name, row in services.items() if row["restart"] == "unless-stopped"}
