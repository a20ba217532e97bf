"""Fixtures that the integration tests share."""

from collections.abc import Iterator

import pytest

from services.settings import Settings
from services.stack.machine.processes import stack_processes
from services.stack.native.scratch import ScratchStack, scratch_stack
from services.stack.native.services import catalog
from services.stack.native.stack import NativeStack

_AIRFLOW = {"airflow_api", "airflow_scheduler", "airflow_dags"}
_INFRASTRUCTURE = {"mysql", "kafka", "aws", "kinesis"}


@pytest.fixture(scope="session")
def infra_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScratchStack]:
    """MariaDB with the seed loaded, Kafka, S3, Kinesis: real, on free ports, one set a session."""
    with scratch_stack(tmp_path_factory.mktemp("infra"), _INFRASTRUCTURE) as stack:
        yield stack


@pytest.fixture(scope="session")
def infra(infra_stack: ScratchStack) -> Settings:
    """Settings that point at the real infrastructure."""
    return infra_stack.settings


@pytest.fixture(scope="session")
def spark_infra(infra_stack: ScratchStack) -> Iterator[Settings]:
    """The same with Spark Connect, which starts when the first test asks for it."""
    settings, layout = infra_stack.settings, infra_stack.layout
    wanted = _INFRASTRUCTURE | {"spark"}
    services = [s for s in catalog.services(settings, layout, "core") if s.name in wanted]
    with_spark = NativeStack(layout, services)
    with_spark.up(infra_stack.report)
    yield settings
    with_spark.stop("spark")


@pytest.fixture(scope="session")
def airflow_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScratchStack]:
    """Airflow alone, with a folder of its own for users' DAGs (`settings.user_dags_dir`); one a session."""
    with scratch_stack(tmp_path_factory.mktemp("airflow"), _AIRFLOW) as stack:
        yield stack
    assert stack_processes(stack.layout.state) == []
