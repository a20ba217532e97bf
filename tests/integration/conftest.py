"""Fixtures that the integration tests share."""

from collections.abc import Iterator

import pytest

from services.settings import Settings
from services.stack.machine.processes import stack_processes
from services.stack.native.scratch import ScratchStack, scratch_stack

_AIRFLOW = {"airflow_api", "airflow_scheduler", "airflow_dags"}
_INFRASTRUCTURE = {"mysql", "kafka", "aws", "kinesis", "spark"}


@pytest.fixture(scope="session")
def infra_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScratchStack]:
    """MariaDB with the seed loaded, Kafka, S3, Kinesis, Spark Connect: real, on free ports, one set a session."""
    with scratch_stack(tmp_path_factory.mktemp("infra"), _INFRASTRUCTURE) as stack:
        yield stack


@pytest.fixture(scope="session")
def infra(infra_stack: ScratchStack) -> Settings:
    """Settings that point at the real infrastructure."""
    return infra_stack.settings


@pytest.fixture(scope="session")
def airflow_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScratchStack]:
    """Airflow alone, with a folder of its own for users' DAGs (`settings.user_dags_dir`); one a session."""
    with scratch_stack(tmp_path_factory.mktemp("airflow"), _AIRFLOW) as stack:
        yield stack
    assert stack_processes(stack.layout.state) == []
