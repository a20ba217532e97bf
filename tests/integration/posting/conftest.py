"""The gateway that misbehaves, for both emulators."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.settings import Settings
from tests.integration.posting.stub_gateway import StubGateway, stub_gateway


@pytest.fixture
def gateway() -> Iterator[StubGateway]:
    """A gateway that does as it is told."""
    with stub_gateway() as server:
        yield server


@pytest.fixture
def settings(infra: Settings, gateway: StubGateway, tmp_path: Path) -> Settings:
    """The real source and that gateway."""
    own = {"user_id": gateway.user_id, "gateway_url": gateway.url, "state_dir": tmp_path}
    return infra.model_copy(update=own)
