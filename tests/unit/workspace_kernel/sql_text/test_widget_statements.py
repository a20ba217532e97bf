"""`CREATE WIDGET` and `REMOVE WIDGET`."""

import pytest

from services.workspace.kernel.dbutils.widget_sql import apply
from services.workspace.kernel.dbutils.widgets import InvalidDefaultValue, WidgetsUtils
from services.workspace.kernel.sql_text.widget_statements import WidgetStatement, widget_statement

CASES = [
    ('CREATE WIDGET TEXT y DEFAULT "10"', WidgetStatement("text", "y", "10")),
    ("create widget text `a b` default 'it''s'", WidgetStatement("text", "a b", "it's")),
    ("CREATE WIDGET TEXT x", WidgetStatement("text", "x")),
    ("CREATE WIDGET TEXT n DEFAULT 7;", WidgetStatement("text", "n", "7")),
    (
        "-- a choice\nCREATE WIDGET DROPDOWN state DEFAULT 'CA' CHOICES SELECT * FROM (VALUES ('CA'))",
        WidgetStatement("dropdown", "state", "CA", "SELECT * FROM (VALUES ('CA'))"),
    ),
    (
        "CREATE WIDGET MULTISELECT m DEFAULT 'a'\nCHOICES\nSELECT x\nFROM t",
        WidgetStatement("multiselect", "m", "a", "SELECT x\nFROM t"),
    ),
    (
        "CREATE WIDGET COMBOBOX c DEFAULT 'z' CHOICES SELECT 1",
        WidgetStatement("combobox", "c", "z", "SELECT 1"),
    ),
    ("REMOVE WIDGET y", WidgetStatement("remove", "y")),
    ("remove widget `a b` ;", WidgetStatement("remove", "a b")),
    ("CREATE TABLE widget (a INT)", None),
    ("SELECT 'CREATE WIDGET TEXT y'", None),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_statements_about_widgets_are_known(text: str, expected: WidgetStatement | None) -> None:
    """All four kinds, with or without a default; nothing else."""
    assert widget_statement(text) == expected


def test_they_change_the_notebooks_widgets() -> None:
    """The choices are what the query's first column holds."""
    widgets = WidgetsUtils({})

    def query(_text: str) -> list[tuple[object]]:
        return [(1,), (2,)]

    class Frame:
        def __init__(self, text: str) -> None:
            self.collect = lambda: query(text)

    for statement in (
        WidgetStatement("text", "a", "x"),
        WidgetStatement("dropdown", "b", "2", "SELECT"),
    ):
        apply(statement, widgets, Frame)
    assert widgets.getAll() == {"a": "x", "b": "2"}
    apply(WidgetStatement("remove", "a"), widgets, Frame)
    assert widgets.getAll() == {"b": "2"}
    with pytest.raises(InvalidDefaultValue):
        apply(WidgetStatement("dropdown", "c", "9", "SELECT"), widgets, Frame)
