"""A gateway before the session's Kafka and Kinesis, and scripts as the course's graduates wrote them."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.settings import Settings
from services.stack.native.scratch import ScratchStack
from tests.integration.gateway.running import RunningGateway, running_gateway
from tests.integration.reroute.course import Course


@pytest.fixture(scope="package")
def gateway(infra: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """One gateway for all scripts."""
    with running_gateway(infra, tmp_path_factory.mktemp("reroute")) as running:
        yield running


@pytest.fixture
def course(gateway: RunningGateway, infra_stack: ScratchStack, tmp_path: Path) -> Course:
    """A project of its own user."""
    user, state, folder = uuid4().hex[:12], tmp_path / "state", tmp_path / "project"
    folder.mkdir()
    own = {"USER_ID": user, "STATE_DIR": str(state), "GATEWAY_URL": gateway.url}
    settings = gateway.settings.model_copy(update={"user_id": user, "state_dir": state})
    return Course(settings, folder, {**os.environ, **infra_stack.environment, **own})


@pytest.fixture
def logged(gateway: RunningGateway, course: Course) -> Callable[[str], list[Any]]:
    """Values in a topic of the course's user."""

    def read(table: str) -> list[Any]:
        records = gateway.records(f"{course.settings.user_id}.{table}")
        return [json.loads(value or b"null") for _, value in records]

    return read
