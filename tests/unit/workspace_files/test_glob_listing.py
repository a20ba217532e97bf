"""Thousands of small files are read by their folder, where that gives the same files."""

from pathlib import Path

import pytest

from services.settings import Settings
from services.workspace.storage.glob_listing import filtered_folder
from services.workspace.storage.resolver import StorageResolver


@pytest.fixture
def folder(settings: Settings) -> Path:
    """A folder of DBFS with many files."""
    folder = settings.dbfs / "many"
    folder.mkdir()
    for n in range(120):
        (folder / f"{n}.json").touch()
    return folder


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("path", ["/many/*.json", "dbfs:/many/*.json"])
def test_many_files_are_read_by_their_folder(settings: Settings, path: str) -> None:
    """With the pattern as a filter."""
    assert filtered_folder(StorageResolver(settings), path) == (
        path.removesuffix("/*.json"),
        "*.json",
    )


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "path",
    ["/many", "/many/*", "/ma*/*.json", "/many/*.js*", "/many/*.csv", "/no/*.json", "x://y/*.json"],
)
def test_all_else_is_left_to_spark(settings: Settings, path: str) -> None:
    """Other patterns, few files, and what is not there."""
    assert filtered_folder(StorageResolver(settings), path) is None


def test_a_folder_among_the_files_leaves_all_to_spark(settings: Settings, folder: Path) -> None:
    """The pattern may mean it, and Spark would look into it."""
    (folder / "year=2026").mkdir()
    assert filtered_folder(StorageResolver(settings), "/many/*.json") is None
