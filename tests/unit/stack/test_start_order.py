"""The native start order, beside Compose's."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.settings import PROJECT_ROOT, load_settings
from services.stack.layout import Layout
from services.stack.native.services.catalog import services, tasks
from services.stack.native.start_order import NEEDS, REPORTS_TO

_LOCALSTACK = {"aws", "kinesis"}
"""What is one service in Compose."""


@pytest.fixture(scope="module")
def compose() -> Mapping[str, Any]:
    """The services of docker-compose.yml."""
    text = (PROJECT_ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    described: Mapping[str, Any] = yaml.safe_load(text)["services"]
    return described


def test_every_name_in_the_order_is_a_service_or_a_task(tmp_path: Path) -> None:
    """A typing error would be an edge that nothing heeds."""
    stack = services(load_settings(), Layout(tmp_path), "full")
    names = {each.name for each in stack} | {each.name for each in tasks()}
    edges = {**NEEDS, **REPORTS_TO}
    assert {*edges, *(name for needed in edges.values() for name in needed)} <= names


def test_services_and_tasks_carry_their_edges(tmp_path: Path) -> None:
    """The catalog hands each its own."""
    stack = services(load_settings(), Layout(tmp_path), "full")
    carried = {each.name: each.needs for each in stack if each.needs}
    assert carried | {each.name: each.needs for each in tasks()} == NEEDS
    assert {each.name: each.reports_to for each in stack if each.reports_to} == REPORTS_TO


@pytest.mark.parametrize("name", sorted(NEEDS))
def test_compose_waits_for_the_same(compose: Mapping[str, Any], name: str) -> None:
    """LocalStack stands for both S3 and Kinesis there; what is optional there is not here."""
    waits = {
        other for other, how in compose[name]["depends_on"].items() if how.get("required", True)
    }
    assert waits == {"localstack" if other in _LOCALSTACK else other for other in NEEDS[name]}
