"""Two batches at once are refused."""

import os
from pathlib import Path

import pytest

from spark_jobs.batch.lock import BatchLockedError, batch_lock


def test_second_is_refused_and_told_who(tmp_path: Path) -> None:
    """The error names the table and the process that holds it."""
    with (
        batch_lock(tmp_path, ["pin"]),
        pytest.raises(BatchLockedError, match=f"pin: process {os.getpid()}"),
        batch_lock(tmp_path, ["geo", "pin"]),
    ):
        pass


def test_other_tables_are_free(tmp_path: Path) -> None:
    """Three tables may be worked on side by side."""
    with batch_lock(tmp_path, ["pin"]), batch_lock(tmp_path, ["geo"]):
        pass


def test_free_again(tmp_path: Path) -> None:
    """The lock ends with its block, also after a failure."""
    with pytest.raises(ZeroDivisionError), batch_lock(tmp_path, ["pin"]):
        raise ZeroDivisionError
    with batch_lock(tmp_path, ["pin"]):
        pass
