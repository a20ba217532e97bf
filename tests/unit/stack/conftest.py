"""Commands of the stack, called in the tests' own process."""

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """What a command does to its own process ends with the test."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)
