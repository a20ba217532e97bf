from pathlib import Path

import pytest

from services.workspace.notebooks.notebook_errors import NotebookAmbiguous, NotebookNotFound
from services.workspace.notebooks.notebook_library import NotebookLibrary

_HEADER = "# Databricks notebook source\n"


@pytest.fixture
def library(tmp_path: Path) -> NotebookLibrary:
    """A workspace with notebooks at the root, and more below the user's folder."""
    root = tmp_path / "root"
    for name in (
        "pipeline/clean.py",
        "pipeline/mount.py",
        "user/me/mount.py",
        "user/Clean Pin Data & more.ipynb",
        "user/7: v1.2 query.py",
        "user/me/main.py",
        "user/me/twin.py",
        "user/other/twin.py",
        "user/me/both.py",
        "user/me/both.ipynb",
        "user/me/.ipynb_checkpoints/hidden-checkpoint.ipynb",
        "user/classes/x.py",
    ):
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_HEADER)
    (root / "user/other/main.py").write_text("import this\n")
    (tmp_path / "outside.py").write_text(_HEADER)
    return NotebookLibrary(root)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("/pipeline/clean", "/pipeline/clean.py"),
        ("/Workspace/pipeline/clean", "/pipeline/clean.py"),
        ("/pipeline/clean.py", "/pipeline/clean.py"),
        ("/pipeline/clean.ipynb", "/pipeline/clean.py"),
        ("pipeline/clean", "/pipeline/clean.py"),
        (" /pipeline//clean/ ", "/pipeline/clean.py"),
        ("/me/twin", "/user/me/twin.py"),
        ("/Workspace/me/twin.py", "/user/me/twin.py"),
        ("/Users/someone@example.com/Clean Pin Data & more", "/user/Clean Pin Data & more.ipynb"),
        ("/Repos/x/Clean Pin Data & more.ipynb", "/user/Clean Pin Data & more.ipynb"),
        ("/Users/a/7: v1.2 query", "/user/7: v1.2 query.py"),
        ("/Users/a/7_ v1_2 Query", "/user/7: v1.2 query.py"),
        ("/me/both.py", "/user/me/both.py"),
        ("both.ipynb", "/user/me/both.ipynb"),
        ("main", "/user/me/main.py"),
        ("/Users/someone@example.com/mount", "/user/me/mount.py"),
        ("/pipeline/mount", "/pipeline/mount.py"),
    ],
)
def test_a_notebook_is_found_the_way_that_people_name_it(
    library: NotebookLibrary, asked: str, found: str
) -> None:
    """By its path or its last part; notebooks go before programs, the user's before ours."""
    assert library.find(asked).full_path == found


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("./twin", "/user/me/twin.py"),
        ("twin", "/user/me/twin.py"),
        ("../other/twin", "/user/other/twin.py"),
        ("../classes/x", "/user/classes/x.py"),
        ("../../../classes/x", "/user/classes/x.py"),
        ("/pipeline/clean", "/pipeline/clean.py"),
    ],
)
def test_a_relative_path_starts_in_the_folder_of_the_notebook_that_asks(
    library: NotebookLibrary, asked: str, found: str
) -> None:
    """Also when it climbs too high: then the last part decides."""
    assert library.find(asked, relative_to="/user/me/main").full_path == found


@pytest.mark.parametrize(
    ("asked", "candidates"),
    [
        ("/Users/x/twin", ["/user/me/twin.py", "/user/other/twin.py"]),
        ("/user/me/both", ["/user/me/both.ipynb", "/user/me/both.py"]),
    ],
)
def test_an_ambiguous_path_lists_all_that_answer_to_it(
    library: NotebookLibrary, asked: str, candidates: list[str]
) -> None:
    """With their endings, so that one can be chosen."""
    with pytest.raises(NotebookAmbiguous) as refused:
        library.find(asked)

    assert list(refused.value.candidates) == candidates
    assert all(candidate in str(refused.value) for candidate in candidates)


def test_a_missing_notebook_lists_the_closest_names(library: NotebookLibrary) -> None:
    """So that a slip of the pen is seen at once."""
    with pytest.raises(NotebookNotFound, match="/pipeline/claen") as refused:
        library.find("/pipeline/claen")

    assert refused.value.candidates[0] == "/pipeline/clean"


@pytest.mark.parametrize(
    "asked",
    ["", "/", "..", "../outside", "/../outside.py", "hidden-checkpoint", "a\0b", "x" * 9000],
)
def test_nothing_outside_of_the_workspace_is_found(library: NotebookLibrary, asked: str) -> None:
    """Nor hidden files, nor what cannot be a path."""
    with pytest.raises(NotebookNotFound):
        library.find(asked)


def test_a_link_leads_where_its_owner_wants_and_a_circle_ends(
    library: NotebookLibrary, tmp_path: Path
) -> None:
    """Links are the user's own choice."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "linked.py").write_text(_HEADER)
    (library.root / "user" / "more").symlink_to(elsewhere)
    (elsewhere / "circle").symlink_to(library.root)

    assert library.find("linked").full_path == "/user/more/linked.py"
