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
    """Services that a plain `docker compose up` starts."""
    return {name: row for name, row in compose["services"].items() if "profiles" not in row}


@pytest.fixture(scope="session")
def lasting(default: dict[str, ComposeFile]) -> dict[str, ComposeFile]:
    """Those of them that go on running."""
    return {name: row for name, row in default.items() if row["restart"] == "unless-stopped"}
