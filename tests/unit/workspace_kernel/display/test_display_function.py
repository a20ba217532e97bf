"""`display()` of what needs no Spark: tables, figures and foreign HTML, made safe."""

import sys
from collections import namedtuple
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]  # its stubs are not among the dependencies
import pytest
from matplotlib.figure import Figure
from PIL import Image
from pyspark.sql import Row

from services.workspace.kernel.display import display_function
from services.workspace.kernel.display.cell_text import cell_text
from services.workspace.kernel.display.display_function import LIMIT, display, displayHTML
from services.workspace.kernel.display.table import render, to_html, to_text
from services.workspace.kernel.process import output

Info = namedtuple("Info", ["path", "size"])
HOSTILE = "<script>alert('&')</script>"


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was sent to the reader."""
    sent: list[Any] = []
    monkeypatch.setattr(output, "show", lambda value, **_: sent.append(value))
    return sent


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("", ""),
        (True, "true"),
        (1.5, "1.5"),
        (Decimal("1.50"), "1.50"),
        (b"\x00\xff", "AP8="),
        (datetime(2021, 9, 26, 19, 49, 23), "2021-09-26T19:49:23"),  # noqa: DTZ001 - as Spark gives them
        (Row(a=1, b=[Decimal("2.0"), None]), '{"a": 1, "b": ["2.0", null]}'),
        ({"k": b"x"}, '{"k": "eA=="}'),
        (np.array([1, 2]), "[1, 2]"),
        (np.int64(7), "7"),
        ("é", "é"),
    ],
)
def test_a_value_is_shown_as_databricks_does(value: Any, expected: str | None) -> None:
    """Nested values are JSON, bytes base64, times ISO, null nothing."""
    assert cell_text(value) == expected


def test_a_long_value_is_cut_and_says_its_length() -> None:
    """A cell never fills the page."""
    shown = cell_text("x" * 100_000)
    assert shown is not None
    assert len(shown) < 6_000
    assert shown.endswith("(100,000 characters)")


def test_rows_beyond_the_limit_are_left_out_with_a_note() -> None:
    """Exactly the limit needs no note."""
    assert render(["a"], [[n] for n in range(5)], 5).note == ""
    cut = render(["a"], [[n] for n in range(6)], 5)
    assert (len(cut.rows), cut.note) == (5, "Showing the first 5 rows.")


def test_a_table_ends_where_it_grows_too_large() -> None:
    """Two million characters are a page's worth."""
    wide = render(["a"], [["x" * 4_000]] * 1_000, 1_000)
    assert len(wide.rows) == 500
    assert wide.note == "Showing the first 500 rows."


def test_names_values_and_notes_are_text_in_html() -> None:
    """Third parties' text does not become markup."""
    html = to_html(render([HOSTILE], [[HOSTILE]], 5, HOSTILE))
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 3


def test_the_plain_form_is_short() -> None:
    """Logs get twenty rows of short values, one line each."""
    lines = to_text(render(["a", "b"], [["x\ny" * 50, None]] * 30, 100)).splitlines()
    assert len(lines) == 1 + 20 + 1
    assert lines[-1] == "… 10 more rows"
    assert max(map(len, lines)) < 60


def test_nothing_is_shown_for_nothing(shown: list[Any]) -> None:
    """`display(frame.show())` must not fail."""
    display()
    display(None)
    assert shown == []


@pytest.mark.parametrize(
    "value",
    [
        [Info("dbfs:/x", 1), Info("dbfs:/y", None)],
        [Row(path="dbfs:/x", size=1), Row(path="dbfs:/y", size=None)],
        [{"path": "dbfs:/x", "size": 1}, {"path": "dbfs:/y"}],
        pd.DataFrame({"path": ["dbfs:/x", "dbfs:/y"], "size": pd.array([1, None], dtype="Int64")}),
    ],
)
def test_rows_of_every_kind_become_a_table(shown: list[Any], value: Any) -> None:
    """Named tuples (as `dbutils.fs.ls` gives), Spark's rows, dicts and pandas look alike."""
    display(value)
    assert shown[0]["text/plain"].split() == ["path", "size", "dbfs:/x", "1", "dbfs:/y", "null"]
    assert shown[0]["text/html"].count("<tr>") == 3


def test_a_long_pandas_frame_is_cut(shown: list[Any]) -> None:
    """As a frame of Spark's is."""
    display(pd.DataFrame({"a": range(LIMIT + 500)}))
    assert shown[0]["text/plain"].endswith("Showing the first 1,000 rows.")


@pytest.mark.parametrize("value", [[1, 2], [], "text", {"a": 1}, [(1, 2)]])
def test_what_has_no_rows_is_shown_as_it_is(shown: list[Any], value: Any) -> None:
    """The notebook draws it as it draws a cell's last expression."""
    display(value)
    assert shown == [value]


def test_a_figure_becomes_a_picture(shown: list[Any]) -> None:
    """Whatever backend Matplotlib has."""
    display(Figure())
    assert shown[0]["image/png"].startswith(b"\x89PNG")


@pytest.mark.parametrize("kind", ["axes", "array of axes", "bars", "grid", "subfigure"])
def test_what_is_in_a_figure_is_shown_by_it(
    shown: list[Any], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What pandas' and Seaborn's calls give; a grid is Seaborn's way to hold a figure."""

    class Grid:
        figure = Figure()

    monkeypatch.setitem(sys.modules, "seaborn.axisgrid", SimpleNamespace(_BaseGrid=Grid))
    axes = Figure().subplots(1, 2)
    values = {
        "axes": axes[0],
        "array of axes": axes,
        "bars": axes[0].plot([1, 2]),
        "grid": Grid(),
        "subfigure": Figure().subfigures(),
    }
    display(values[kind])
    [bundle] = shown
    assert bundle["image/png"].startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("module", "name"), [("plotly.basedatatypes", "BaseFigure"), ("altair", "TopLevelMixin")]
)
def test_a_chart_of_javascript_is_kept_in_a_frame(
    shown: list[Any], module: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its scripts, so that the stored page draws it without a network where the library can."""

    class Chart:
        def to_html(self, **options: Any) -> str:
            return f"<script>draw('{options}')</script>"

    monkeypatch.setitem(sys.modules, module, SimpleNamespace(**{name: Chart}))
    display(Chart())
    [bundle] = shown
    assert bundle["text/html"].startswith("<iframe sandbox")
    assert "<script" not in bundle["text/html"]
    assert bundle["text/plain"] == "<Chart>"


def test_bytes_of_a_picture_are_a_picture(shown: list[Any]) -> None:
    """Others are shown as they are; a picture of Pillow's draws itself."""
    picture = BytesIO()
    Image.new("RGB", (2, 2)).save(picture, "PNG")
    display(picture.getvalue())
    display(b"text")
    assert shown[0]["image/png"] == picture.getvalue()
    assert shown[1] == b"text"


def test_several_values_are_shown_one_after_the_other(shown: list[Any]) -> None:
    """A row is a table of one row; a stream's name is no value."""
    display(Row(a=1), pd.Series([2], name="b"), "name")
    assert [bundle["text/plain"].split() for bundle in shown] == [["a", "1"], ["b", "2"]]


def test_a_frame_of_pandas_on_spark_is_shown_as_sparks(shown: list[Any]) -> None:
    """Series too."""
    spark_frame = SimpleNamespace(name="of Spark")
    series = SimpleNamespace(to_spark=lambda: spark_frame)
    seen: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(display_function, "_display_frame", seen.append)
        display(series)
        display(SimpleNamespace(to_frame=lambda: series, to_spark=lambda: None))
    assert (seen, shown) == ([spark_frame, spark_frame], [])


def test_foreign_html_is_kept_in_a_frame(shown: list[Any]) -> None:
    """Its scripts run there, without the page's origin."""
    displayHTML('"><script>top.x = 1</script>')
    html = shown[0]["text/html"]
    assert html.startswith('<iframe sandbox="allow-scripts" srcdoc="&quot;&gt;&lt;script&gt;')
    assert "<script" not in html
    assert "allow-same-origin" not in html
