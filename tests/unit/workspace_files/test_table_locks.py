"""A table that is being written is not named by another session."""

from pathlib import Path

from services.settings import Settings
from services.workspace.catalog.table_locks import shared_write_lock, try_exclusive_lock


def test_many_write_and_none_names_what_they_write(tmp_path: Path) -> None:
    """Writers do not wait for each other; another table's name is free."""
    settings = Settings(state_dir=tmp_path)
    with shared_write_lock(settings, "a"), shared_write_lock(settings, "a"):
        with try_exclusive_lock(settings, "a") as free:
            assert not free
        with try_exclusive_lock(settings, "b" * 500 + "/") as free:
            assert free
    with try_exclusive_lock(settings, "a") as free:
        assert free
