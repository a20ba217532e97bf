"""A table that is being written is not named by another session."""

from pathlib import Path

from services.settings import Settings
from services.workspace.catalog.table_locks import being_written, written_by_none


def test_many_write_and_none_names_what_they_write(tmp_path: Path) -> None:
    """Writers do not wait for each other; another table's name is free."""
    settings = Settings(state_dir=tmp_path)
    with being_written(settings, "a"), being_written(settings, "a"):
        with written_by_none(settings, "a") as free:
            assert not free
        with written_by_none(settings, "b" * 500 + "/") as free:
            assert free
    with written_by_none(settings, "a") as free:
        assert free
