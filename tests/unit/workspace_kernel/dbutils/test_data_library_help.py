"""`dbutils.data`, `dbutils.library`, and what each part says of itself."""

import inspect
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd  # type: ignore[import-untyped]
import pytest

from services.workspace.kernel.dbutils import library_utils
from services.workspace.kernel.dbutils.data_utils import DataUtils
from services.workspace.kernel.dbutils.help_texts import PARTS, overview, part_help
from services.workspace.kernel.dbutils.library_utils import LibraryUtils
from services.workspace.kernel.dbutils.notebook_utils import NotebookUtils
from services.workspace.kernel.dbutils.secrets import SecretUtils
from services.workspace.kernel.dbutils.widgets import WidgetsUtils
from services.workspace.kernel.modules.own_modules import own_modules
from services.workspace.kernel.process.restart import PythonRestart

FRAME = pd.DataFrame(
    {
        "ind": [0, 1, 2, None],
        "country": ["Chad", "Chad", "Peru", None],
        "when": pd.to_datetime(["2021-01-01", "2021-01-02", "2021-01-03", None]),
        "flag": [True, False, True, True],
        "empty": [None] * 4,
    }
)


@pytest.mark.parametrize(
    ("feature", "expected"),
    [
        (
            "ind",
            {"count": 3, "missing": 1, "mean": 1.0, "zeros": 1, "min": 0, "median": 1, "max": 2},
        ),
        ("country", {"count": 3, "unique": 2, "top": "Chad", "freq_top": 2, "avg_length": 4.0}),
        ("when", {"min": pd.Timestamp("2021-01-01"), "median": pd.Timestamp("2021-01-02")}),
        ("flag", {"unique": 2, "top": "True", "freq_top": 3, "mean": None}),
        ("empty", {"count": 0, "missing": 4, "unique": None}),
    ],
)
def test_a_pandas_frame_is_summarized_by_column(
    feature: str, expected: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """Numbers, texts, times and flags; nulls are missing and nothing else."""
    shown: list[Any] = []
    DataUtils(shown.append).summarize(FRAME, precise=True)
    row = next(row for row in shown[0] if row["feature"] == feature)
    assert row | expected == row
    assert capsys.readouterr().out == "4 rows, 5 columns\n"


def test_columns_of_one_name_are_told_apart() -> None:
    """As a join leaves them; a series is a frame of one column."""
    shown: list[Any] = []
    data = DataUtils(shown.append)
    data.summarize(pd.DataFrame([[1, 2]], columns=["a", "a"]))
    data.summarize(pd.Series([5], name="b"))
    assert [row["max"] for rows in shown for row in rows] == [1, 2, 5]


@pytest.mark.parametrize("value", [[1], {"a": 1}, None, "frame"])
def test_only_frames_are_summarized(value: Any) -> None:
    """The message says what was given."""
    with pytest.raises(TypeError, match=f"not {type(value).__name__}"):
        DataUtils(print).summarize(value)


def test_a_restart_ends_the_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    """No `except Exception` holds it up; a Python file has no cells and goes on."""
    monkeypatch.setattr(library_utils, "get_ipython", lambda: "a shell")
    with pytest.raises(PythonRestart):
        LibraryUtils().restartPython()
    assert not issubclass(PythonRestart, Exception)
    monkeypatch.setattr(library_utils, "get_ipython", lambda: None)
    LibraryUtils().restartPython()


def test_modules_of_the_user_are_told_from_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only those are forgotten: a package may not bear to be loaded twice."""
    module = ModuleType("helpers_of_mine")
    module.__file__ = str(tmp_path / "helpers_of_mine.py")
    monkeypatch.setitem(sys.modules, "helpers_of_mine", module)
    own = own_modules()
    assert "helpers_of_mine" in own
    assert not {"json", "pandas", "numpy", "services.settings", "spark_jobs", "pytest"} & {*own}


@pytest.mark.parametrize(
    ("part", "cls"),
    [
        ("data", DataUtils),
        ("library", LibraryUtils),
        ("notebook", NotebookUtils),
        ("secrets", SecretUtils),
        ("widgets", WidgetsUtils),
    ],
)
def test_help_names_what_there_is(part: str, cls: type) -> None:
    """Every call that Databricks' help lists for the part."""
    for call in PARTS[part].calls:
        assert inspect.isfunction(getattr(cls, call))
        assert part_help(part, call).startswith(f"{call}(")
        assert f"  {call} " in part_help(part)
    assert f"dbutils.{part} " in overview()
    assert "no such call" in part_help(part, "none")
