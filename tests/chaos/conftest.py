"""One whole stack for all the killing."""

from collections.abc import Iterator

import pytest

from services.stack.native.scratch import ScratchStack, scratch_stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScratchStack]:
    """The whole core stack."""
    with scratch_stack(tmp_path_factory.mktemp("chaos")) as running:
        yield running
