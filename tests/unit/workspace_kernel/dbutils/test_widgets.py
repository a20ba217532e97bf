import pytest

from services.workspace.kernel.dbutils.widgets import (
    InputWidgetNotDefined,
    InvalidDefaultValue,
    WidgetsUtils,
)


def test_a_parameter_wins_over_the_default() -> None:
    """Also when the widget is created later, and though nobody ever created it."""
    widgets = WidgetsUtils({"uid": "b", "n": 5})
    widgets.text("uid", "a")
    assert (widgets.get("uid"), widgets.get("n")) == ("b", "5")


def test_without_a_parameter_the_first_default_holds() -> None:
    """Creating a widget again changes nothing."""
    widgets = WidgetsUtils({})
    widgets.text("uid", "a")
    widgets.text("uid", "z")
    widgets.combobox("free", 1, [2, 3], "label")
    assert widgets.getAll() == {"uid": "a", "free": "1"}


def test_a_name_without_a_widget_is_named() -> None:
    """In Databricks' words; `getArgument` takes a default instead."""
    widgets = WidgetsUtils({})
    with pytest.raises(InputWidgetNotDefined, match=r"^No input widget named x is defined$"):
        widgets.get("x")
    with pytest.raises(InputWidgetNotDefined):
        widgets.remove("x")
    assert widgets.getArgument("x", 7) == "7"


def test_a_choice_has_its_default_among_its_choices() -> None:
    """Otherwise the message lists them."""
    widgets = WidgetsUtils({})
    widgets.multiselect("ok", "a", ["a", "b"])
    with pytest.raises(InvalidDefaultValue, match="mode is none of its choices: Batch, Stream"):
        widgets.dropdown("mode", "Both", ["Batch", "Stream"])
    assert widgets.get("ok") == "a"


def test_what_a_run_gives_holds_while_it_runs() -> None:
    """For what it runs itself too; afterwards the default is back."""
    widgets = WidgetsUtils({"mode": "parameter"})
    with widgets.overriding({"mode": "Stream"}), widgets.overriding({"n": 1}):
        widgets.text("mode", "Batch")
        assert widgets.getAll() == {"mode": "Stream", "n": "1"}
    assert widgets.getAll() == {"mode": "parameter"}


def test_removed_widgets_are_gone_but_parameters_stay() -> None:
    """As many notebooks begin with `removeAll`."""
    widgets = WidgetsUtils({"p": "1"})
    widgets.text("p", "0")
    widgets.text("a", "0")
    widgets.remove("p")
    assert widgets.getAll() == {"p": "1", "a": "0"}
    widgets.removeAll()
    assert widgets.getAll() == {"p": "1"}
