"""How `make test` shares the tests out among its workers: what uses the same real services goes to the same worker."""

import pytest

_SHARED = {"infra_stack": "infrastructure", "airflow_stack": "airflow"}
"""A session's fixture that starts real services → the group of the tests that use it."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test its group: one start of the services that it shares, else one worker a file."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        shared = [group for name, group in _SHARED.items() if name in fixtures]
        item.add_marker(pytest.mark.xdist_group(shared[0] if shared else item.location[0]))
