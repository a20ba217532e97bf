import json

import pytest

from services.settings import Settings
from services.workspace.kernel.dbutils.notebook_utils import NotebookUtils
from services.workspace.kernel.process.notebook_chain import NotebookChain
from services.workspace.kernel.process.run_context import LOCAL_CLUSTER, RunContext


def test_notebooks_find_their_path_and_run() -> None:
    """By the roads that they took on Databricks; within `%run` the path is the inner notebook's."""
    chain = NotebookChain("/user/a")
    context = RunContext(run_id=4, parent_run_id=3, job_id=2, task_key="t", notebook_path="/user/a")
    utils = NotebookUtils(Settings(), context, chain)
    found = utils.entry_point.getDbutils().notebook().getContext()
    assert found.notebookPath().get() == "/user/a"
    assert found.currentRunId().get() == "4"
    assert found.tags().apply("jobId") == "2"
    assert json.loads(found.toJson())["tags"]["taskKey"] == "t"
    with chain.entered("/user/b"):
        assert found.notebookPath().get() == "/user/b"


def test_outside_a_job_there_is_no_run() -> None:
    """Asking for it all the same is an error that says so."""
    found = NotebookUtils(Settings(), RunContext(), NotebookChain("")).getContext()
    assert found.clusterId().get() == LOCAL_CLUSTER
    assert found.currentRunId().isDefined() is False
    assert found.jobId().getOrElse(None) is None
    with pytest.raises(LookupError, match="outside a job"):
        found.currentRunId().get()
