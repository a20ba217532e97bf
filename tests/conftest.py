"""Which tests run in one process when `make test` uses several: those that share a running stack, and each file's.

pytest-xdist's own groups (`--dist loadgroup`) are not used: pytest 9.2 has no place for them in a test's id.
"""

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling  # type: ignore[import-untyped]
from xdist.workermanage import NodeManager  # type: ignore[import-untyped]

_GROUPS = {
    "e2e": ("tests/e2e/",),
    "spark": (
        "tests/integration/pipeline/",
        "tests/integration/pyspark_kinesis/",
        "tests/integration/spark_jobs/",
        "tests/integration/speed/",
        "tests/integration/workspace_execution/test_executor.py",
        "tests/integration/workspace_files/",
        "tests/integration/workspace_kernel/",
    ),
    "infra": (
        "tests/integration/gateway/",
        "tests/integration/ledger/",
        "tests/integration/posting/",
        "tests/integration/reroute/",
        "tests/integration/s3_sink/",
        "tests/integration/source/",
        "tests/integration/stack/test_mysql.py",
    ),
    "airflow": (
        "tests/integration/airflow/",
        "tests/integration/stack/test_airflow.py",
    ),
}
"""Group → how its files' paths begin. Workers take the groups in this order, the longest first, then the files."""

_STACKS = {
    "spark_infra": {"spark"},
    "infra_stack": {"infra", "spark"},
    "airflow_stack": {"airflow"},
}
"""Fixture that starts what takes long → where the tests that use it belong."""


_STOP_SECONDS = 90
"""What a worker has to stop its stacks after Ctrl-C; pytest-xdist would kill it after ten seconds."""


class Groups(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Gives each group of tests, and each other file's tests, to one worker."""

    def _split_scope(self, nodeid: str) -> str:
        return _group(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Groups:
    """Workers are given tests by our groups, in the order in which they were collected."""
    config.option.loadscopereorder = False
    NodeManager.EXIT_TIMEOUT = _STOP_SECONDS
    return Groups(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the longest groups first when there are several workers.

    Raises:
        UsageError: a test starts a stack in a second process; it belongs to one of the groups.
    """
    for item in items:
        wanted = _wanted(item)
        if wanted and _group(item.nodeid) not in wanted:
            raise pytest.UsageError(
                f"{item.nodeid} shares a stack: put its file in _GROUPS of tests/conftest.py, "
                f"in {' or '.join(sorted(wanted))}"
            )
    if hasattr(config, "workerinput"):
        order = list(_GROUPS)
        items.sort(key=lambda item: _place(order, _group(item.nodeid)))


def _wanted(item: pytest.Item) -> set[str]:
    """The groups that hold all stacks that a test asks for; empty when it asks for none."""
    fixtures = [name for name in getattr(item, "fixturenames", ()) if name in _STACKS]
    return set.intersection(*(_STACKS[name] for name in fixtures)) if fixtures else set()


def _group(nodeid: str) -> str:
    file = nodeid.partition("::")[0]
    return next((group for group, paths in _GROUPS.items() if file.startswith(paths)), file)


def _place(order: list[str], group: str) -> int:
    return order.index(group) if group in order else len(order)
