"""One notebook's process for the tests of this folder."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from services.settings import Settings
from tests.support.notebook_kernel import Kernel, begin, kernel

PARAMETERS = {"uid": "b", "number": 5}


@pytest.fixture(scope="package")
def notebooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace's folder."""
    return tmp_path_factory.mktemp("notebooks")


@pytest.fixture(scope="package")
def kernel_settings(spark_infra: Settings, notebooks: Path) -> Settings:
    """A workspace folder and a user of the tests' own; DBFS is where the Spark server has it."""
    own = {"user_id": uuid4().hex[:12], "workspace_dir": notebooks}
    return spark_infra.model_copy(update=own)


@pytest.fixture(scope="package")
def notebook(kernel_settings: Settings, notebooks: Path) -> Iterator[Kernel]:
    """One kernel for all, which runs the notebook `/user/main` as a task of run 3."""
    (notebooks / "user").mkdir()
    context = {"run_id": 4, "parent_run_id": 3, "job_id": 2, "task_key": "main"}
    paths = {"notebook_path": "/user/main", "values": str(notebooks / "values")}
    with kernel(kernel_settings) as running:
        begin(running, notebooks, parameters=PARAMETERS, **context, **paths)
        yield running
