"""The native stack's table of edges, beside `depends_on` of docker-compose.yml."""

from pathlib import Path
from typing import Any

import pytest

from services.settings import load_settings
from services.stack.layout import Layout
from services.stack.native.service import NativeService
from services.stack.native.services import catalog
from services.stack.native.start_order import NEEDS, ONLY_IN_COMPOSE, REPORTS_TO

_BEHIND = {"kinesis": "aws"}


@pytest.fixture
def services(tmp_path: Path) -> list[NativeService]:
    """All that there are, the triggerer too."""
    settings = load_settings(_env_file=None, airflow_triggerer=True)
    return catalog.services(settings, Layout(tmp_path), "full")


def _names(services: list[NativeService]) -> set[str]:
    return {service.name for service in services} | {task.name for task in catalog.tasks()}


def test_the_table_names_services_and_tasks_that_there_are(services: list[NativeService]) -> None:
    """A name with a slip of the pen would be an edge that nobody waits for."""
    for table in (NEEDS, REPORTS_TO):
        ends = {name for edges in table.values() for name in edges}
        assert table.keys() | ends <= _names(services)
    assert ONLY_IN_COMPOSE.keys() <= _names(services)


def test_services_and_tasks_have_the_edges_of_the_table(services: list[NativeService]) -> None:
    """No service declares one by itself."""
    needs = {one.name: one.needs for one in services} | {t.name: t.needs for t in catalog.tasks()}
    assert {name: edges for name, edges in needs.items() if edges} == NEEDS
    assert {one.name: one.reports_to for one in services if one.reports_to} == REPORTS_TO


def test_both_runtimes_wait_for_the_same(
    services: list[NativeService], compose: dict[str, Any]
) -> None:
    """Edge for edge, but for those that the table gives a reason for."""
    for name in compose["services"].keys() & _names(services):
        edges = compose["services"][name].get("depends_on", {})
        needs = {_BEHIND.get(need, need) for need in NEEDS.get(name, ())}
        reports_to = REPORTS_TO.get(name, frozenset())
        assert edges.keys() == needs | reports_to | ONLY_IN_COMPOSE.get(name, {}).keys(), name
        for other in needs | reports_to:
            started = edges[other]["condition"] == "service_started"
            assert started == (other in reports_to), (name, other)
