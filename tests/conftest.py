"""Which tests run in one process when `make test` uses several: those that share a running stack, and each file."""

from collections.abc import Iterable

import pytest

_STACKS = {
    "clone": "e2e",
    "spark_infra": "spark",
    "infra_stack": "infra",
    "airflow_stack": "airflow",
}
"""Fixture → the group of tests that ask for it; the first one counts. The longest groups stand first."""

_ELSEWHERE = {"tests/e2e/test_published_answers.py": "spark"}
"""Files that wait for another group's process: no more than two stacks with Spark run at a time."""


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the groups in its own
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Group the tests for pytest-xdist, and let it begin with the longest groups; without it, nothing changes."""
    if not hasattr(config, "workerinput"):
        return
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    order = [*dict.fromkeys(_STACKS.values())]
    items.sort(key=lambda item: _place(order, _group(item)))


def _group(item: pytest.Item) -> str:
    file = item.nodeid.partition("::")[0]
    names: Iterable[str] = getattr(item, "fixturenames", ())
    stack = next((group for fixture, group in _STACKS.items() if fixture in names), None)
    return _ELSEWHERE.get(file) or stack or file


def _place(order: list[str], group: str) -> int:
    return order.index(group) if group in order else len(order)
