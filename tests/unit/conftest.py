"""Unit tests know of no stack, also in a process that has one running for other tests."""

import pytest

from services.settings import Settings

_OF_A_STACK = {
    *("RUNTIME", "STATE_DIR", "ENV_FILE", "USER_DAGS_DIR"),
    *(name.upper() for name in Settings.model_fields if name.endswith("_port")),
}


@pytest.fixture(autouse=True)
def _no_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away the variables that a scratch stack sets while it runs."""
    for name in _OF_A_STACK:
        monkeypatch.delenv(name, raising=False)
