"""Two batches at once are refused."""

import os
from pathlib import Path

import pytest

from spark_jobs.batch.lock import HeldError, held


def test_second_is_refused_and_told_who(tmp_path: Path) -> None:
    """The error names the table and the process that holds it."""
    with (
        held(tmp_path, ["pin"]),
        pytest.raises(HeldError, match=f"pin: process {os.getpid()}"),
        held(tmp_path, ["geo", "pin"]),
    ):
        pass


def test_other_tables_are_free(tmp_path: Path) -> None:
    """Three tables may be worked on side by side."""
    with held(tmp_path, ["pin"]), held(tmp_path, ["geo"]):
        pass


def test_free_again(tmp_path: Path) -> None:
    """The lock ends with its block, also after a failure."""
    with pytest.raises(ZeroDivisionError), held(tmp_path, ["pin"]):
        raise ZeroDivisionError
    with held(tmp_path, ["pin"]):
        pass
