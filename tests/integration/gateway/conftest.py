"""A gateway process in front of the session's Kafka, and a client that counts on nothing."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from services.settings import Settings
from tests.integration.gateway.running import RunningGateway, running_gateway
from tests.integration.gateway.streams import streaming_gateway
from tests.support.kinesis import KinesisUnderTest, kinesis_under_test


@pytest.fixture(scope="session")
def gateway(infra: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """One gateway for all tests that do not stop it."""
    with running_gateway(infra, tmp_path_factory.mktemp("gateway")) as running:
        yield running


@pytest.fixture
def topic(gateway: RunningGateway) -> str:
    """A topic of the project's pattern that exists, with one partition and no record."""
    name = f"{uuid4().hex[:12]}.pin"
    gateway.create_topic(name)
    return name


@pytest.fixture
def group() -> str:
    """A consumer group of the test's own."""
    return f"g-{uuid4().hex[:8]}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a test's own gateway logs to."""
    return tmp_path


@pytest.fixture(scope="module")
def kinesis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KinesisUnderTest]:
    """A real Kinesis that a test can make misbehave."""
    with kinesis_under_test(tmp_path_factory.mktemp("kinesis")) as running:
        yield running


@pytest.fixture(scope="module")
def proxy(
    kinesis: KinesisUnderTest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningGateway]:
    """A gateway in front of it."""
    with streaming_gateway(kinesis.port, tmp_path_factory.mktemp("proxy")) as running:
        yield running
