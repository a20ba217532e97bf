import json
import zipfile
from pathlib import Path
from typing import Any

import nbformat
import pytest

from services.workspace.notebooks.dbc_archive import archive_entries, read_archived
from services.workspace.notebooks.jupyter_copy import to_nbformat
from services.workspace.notebooks.notebook import Notebook
from services.workspace.notebooks.notebook_errors import NotebookUnreadable
from services.workspace.notebooks.notebook_library import NotebookLibrary
from services.workspace.notebooks.notebook_reader import read_notebook


def _ipynb(file: Path, *cells: dict[str, Any], **metadata: Any) -> Path:
    document = {"nbformat": 4, "nbformat_minor": 0, "metadata": metadata, "cells": list(cells)}
    file.write_text(json.dumps(document))
    return file


def _cell(source: str | list[str], kind: str = "code", metadata: Any = None) -> dict[str, Any]:
    return {"cell_type": kind, "source": source, "metadata": metadata or {}}


def _read(root: Path, name: str) -> Notebook:
    return read_notebook(NotebookLibrary(root).find(name))


def _archive(file: Path, **entries: dict[str, Any] | str) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("manifest.mf", "{}")
        for name, content in entries.items():
            text = content if isinstance(content, str) else json.dumps(content)
            archive.writestr(name.replace("__", "/").replace("_", "."), text)


def test_an_export_without_kernel_and_cell_ids_is_read_and_valid_again(tmp_path: Path) -> None:
    """Databricks writes format 4.0; the copy is valid 4.5 and keeps the cells' own metadata."""
    own = {"application/vnd.databricks.v1+cell": {"title": "Load", "nuid": "x"}}
    _ipynb(tmp_path / "n.ipynb", _cell(["a = 1\n", "b"], metadata=own), _cell("# T", "markdown"))

    notebook = _read(tmp_path, "n")

    assert [(cell.kind, cell.source, cell.title) for cell in notebook.cells] == [
        ("code", "a = 1\nb", "Load"),
        ("markdown", "# T", ""),
    ]
    copy = to_nbformat(notebook)
    nbformat.validate(copy)
    assert copy.cells[0].metadata["application/vnd.databricks.v1+cell"]["nuid"] == "x"
    assert copy.metadata.kernelspec.name == "pincloud"


def test_a_markdown_magic_becomes_a_markdown_cell(tmp_path: Path) -> None:
    """`%md` is never executed."""
    _ipynb(tmp_path / "n.ipynb", _cell("%md  # T\ntext"), _cell("%md-sandbox\nx"), _cell("%mdx"))

    cells = _read(tmp_path, "n").cells

    assert [(cell.kind, cell.source) for cell in cells] == [
        ("markdown", "# T\ntext"),
        ("markdown", "x"),
        ("code", "%mdx"),
    ]


def test_the_cells_of_a_sql_notebook_get_their_magic(tmp_path: Path) -> None:
    """The notebook's language stands in Databricks' metadata."""
    language = {"application/vnd.databricks.v1+notebook": {"language": "sql"}}
    _ipynb(tmp_path / "n.ipynb", _cell("select 1"), _cell("%python\nx"), _cell(""), **language)

    assert [cell.source for cell in _read(tmp_path, "n").cells] == [
        "%sql\nselect 1",
        "%python\nx",
        "",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html>", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"\xff\xfe", "utf-8"),
        (b"[]", "no list of cells"),
        (b'{"nbformat": 3, "worksheets": [], "cells": []}', "format is 3"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": 5}]}', "cell 1"),
        (b'{"nbformat": 4, "cells": [{"source": "x"}]}', "cell 1"),
    ],
)
def test_a_file_that_is_no_notebook_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    """The message says which file, and what is wrong with it."""
    (tmp_path / "bad.ipynb").write_bytes(content)

    with pytest.raises(NotebookUnreadable, match=said) as refused:
        _read(tmp_path, "bad")

    assert str(tmp_path / "bad.ipynb") in str(refused.value)


def test_an_archives_commands_run_in_the_order_of_their_position(tmp_path: Path) -> None:
    """They are stored in any order."""
    commands = [
        {"command": "third", "position": 2.5},
        {"command": "%md first", "position": 1},
        {"command": "second", "position": 2, "commandTitle": "Two"},
    ]
    _archive(tmp_path / "a.dbc", N_python={"language": "python", "commands": commands})

    cells = _read(tmp_path, "N").cells

    assert [(c.kind, c.source, c.title) for c in cells] == [
        ("markdown", "first", ""),
        ("code", "second", "Two"),
        ("code", "third", ""),
    ]


def test_each_notebook_of_an_archive_has_a_path(tmp_path: Path) -> None:
    """An archive is a folder; its own name means its notebook when there is only one."""
    one = {"language": "python", "commands": [{"command": "one", "position": 1}]}
    two = {"language": "sql", "commands": [{"command": "two", "position": 1}]}
    _archive(tmp_path / "pair.dbc", Folder__One_python=one, Folder__Two_sql=two)
    _archive(tmp_path / "alone.dbc", Three_python=one)

    assert _read(tmp_path, "/pair/Folder/One").cells[0].source == "one"
    assert _read(tmp_path, "/pair.dbc/Folder/Two").cells[0].source == "%sql\ntwo"
    assert _read(tmp_path, "/alone").path == "/alone/Three"


@pytest.mark.parametrize("content", ["no JSON", "[]", '{"commands": [1]}'])
def test_an_archive_with_damaged_notebooks_is_named(tmp_path: Path, content: str) -> None:
    """So is one that is no zip at all."""
    _archive(tmp_path / "a.dbc", N_python=content)
    (tmp_path / "b.dbc").write_text("no zip")

    for name in ("a", "b"):
        with pytest.raises(NotebookUnreadable, match=rf"{name}\.dbc"):
            _read(tmp_path, name)


def _packed(folder: Path) -> bytes:
    command = {"command": "print('a text that is long enough to be packed')", "position": 1}
    text = json.dumps({"language": "python", "commands": [command] * 40})
    with zipfile.ZipFile(folder / "whole.dbc", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("N.python", text)
    return (folder / "whole.dbc").read_bytes()


@pytest.mark.parametrize("cut", [1, 22, 40, 90])
def test_an_archive_that_was_cut_short_is_named(tmp_path: Path, cut: int) -> None:
    """A download that broke off has no table of contents at its end."""
    (tmp_path / "whole.dbc").write_bytes(_packed(tmp_path)[:-cut])
    with pytest.raises(NotebookUnreadable, match=r"whole\.dbc"):
        _read(tmp_path, "whole")


def test_damage_anywhere_in_an_archive_is_an_error_that_names_it(tmp_path: Path) -> None:
    """Whatever byte is wrong: the notebook is read as it was, or not at all."""
    whole = _packed(tmp_path)
    file = tmp_path / "whole.dbc"
    failed = 0
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        file.write_bytes(damaged)
        try:
            entry = archive_entries(file)[0]
            assert len(read_archived(file, entry)[1]) == 40
        except (NotebookUnreadable, IndexError):
            failed += 1
    assert failed > len(whole) / 2


def test_an_archive_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    """Sixty-four megabytes and more in a few kilobytes; also when the archive itself tells less."""
    with zipfile.ZipFile(tmp_path / "a.dbc", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("N.python", b" " * (64 * 1024 * 1024 + 1))
    with pytest.raises(NotebookUnreadable, match="larger than"):
        _read(tmp_path, "a")
    told = (64 * 1024 * 1024 + 1).to_bytes(4, "little")
    packed = (tmp_path / "a.dbc").read_bytes().replace(told, (100).to_bytes(4, "little"))
    (tmp_path / "a.dbc").write_bytes(packed)
    with pytest.raises(NotebookUnreadable, match=r"a\.dbc"):
        _read(tmp_path, "a")


def test_nothing_of_an_archive_is_written_anywhere(tmp_path: Path) -> None:
    """A name that leads out of the archive's folder is a name, and the notebook is read in memory."""
    work = tmp_path / "work"
    work.mkdir()
    content = {"language": "python", "commands": [{"command": "one", "position": 1}]}
    with zipfile.ZipFile(work / "a.dbc", "w") as archive:
        archive.writestr("../../out.python", json.dumps(content))
    before = sorted(tmp_path.rglob("*"))
    assert _read(work, "out").cells[0].source == "one"
    assert sorted(tmp_path.rglob("*")) == before
