from pathlib import Path

from services.workspace.notebooks.jupyter_copy import to_nbformat
from services.workspace.notebooks.notebook import Notebook
from services.workspace.notebooks.notebook_location import NotebookLocation
from services.workspace.notebooks.notebook_reader import read_notebook

_SOURCE = """\
# Databricks notebook source
# MAGIC %md
# MAGIC # Pins
# MAGIC
# MAGIC of *all* kinds

# COMMAND ----------

# DBTITLE 1,How many, and why
n = 1

m = 2

# COMMAND ----------

# the newest
# MAGIC %sql
# MAGIC select 1; -- ;

   # COMMAND ----------

"""


def _read(folder: Path, name: str, text: str) -> Notebook:
    file = folder / name
    file.write_bytes(text.encode())
    return read_notebook(NotebookLocation(f"/{name}", file))


def test_cells_keep_their_text_their_titles_and_their_lines(tmp_path: Path) -> None:
    """A source notebook has one cell a command; each knows the file's own line that it begins at."""
    notebook = _read(tmp_path, "pins.py", _SOURCE)

    assert [(cell.kind, cell.source, cell.line, cell.title) for cell in notebook.cells] == [
        ("markdown", "# Pins\n\nof *all* kinds", 2, ""),
        ("code", "n = 1\n\nm = 2", 10, "How many, and why"),
        ("code", "# the newest\n%sql\nselect 1; -- ;", 16, ""),
    ]
    assert (notebook.path, notebook.language, notebook.notice) == ("/pins", "python", "")


def test_line_ends_and_marks_of_windows_change_nothing(tmp_path: Path) -> None:
    """CRLF and a byte order mark are not part of the notebook."""
    plain = _read(tmp_path, "a.py", _SOURCE)
    windows = _read(tmp_path, "b.py", "\ufeff" + _SOURCE.replace("\n", "\r\n"))

    assert windows.cells == plain.cells


def test_a_program_without_the_header_is_one_cell_with_a_notice(tmp_path: Path) -> None:
    """A plain Python file runs as a whole, and people are told."""
    notebook = _read(tmp_path, "program.py", "\nx = 1\n# COMMAND of mine\ny = 2\n")

    assert [(cell.source, cell.line) for cell in notebook.cells] == [
        ("x = 1\n# COMMAND of mine\ny = 2", 2)
    ]
    assert "program.py" in notebook.notice
    assert to_nbformat(notebook).cells[0].cell_type == "markdown"


def test_cells_of_a_sql_notebook_get_their_magic(tmp_path: Path) -> None:
    """What has no magic is in the file's language; what has one keeps it."""
    text = "-- Databricks notebook source\nselect 1\n-- COMMAND ----------\n-- MAGIC %python\n-- MAGIC x = 1\n"
    notebook = _read(tmp_path, "q.sql", text)

    assert [cell.source for cell in notebook.cells] == ["%sql\nselect 1", "%python\nx = 1"]


def test_a_magic_that_is_only_mentioned_is_no_magic(tmp_path: Path) -> None:
    """`# MAGIC` marks are taken off only in cells that hold a magic."""
    notebook = _read(
        tmp_path, "m.py", "# Databricks notebook source\n# MAGIC is in the air\nx = 1 % 2\n"
    )

    assert notebook.cells[0].source == "# MAGIC is in the air\nx = 1 % 2"


def test_the_copy_for_jupyter_carries_lines_and_titles(tmp_path: Path) -> None:
    """The executor tells the kernel a cell's line by its metadata."""
    cells = to_nbformat(_read(tmp_path, "pins.py", _SOURCE)).cells

    assert cells[1].metadata["pincloud"] == {"line": 10, "title": "How many, and why"}
