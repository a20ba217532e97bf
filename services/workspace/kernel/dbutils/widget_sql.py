"""What `CREATE WIDGET` and `REMOVE WIDGET` do to a notebook's widgets."""

from collections.abc import Callable
from typing import Any

from services.workspace.kernel.dbutils.widgets import WidgetsUtils
from services.workspace.kernel.sql_text.widget_statements import WidgetStatement


def apply(statement: WidgetStatement, widgets: WidgetsUtils, query: Callable[[str], Any]) -> None:
    """Create or remove the widget.

    Args:
        statement: What is asked.
        widgets: The notebook's.
        query: Runs the query that gives the choices.

    Raises:
        InvalidDefaultValue: the default is none of the choices.
        InputWidgetNotDefined: the widget to remove is not there.
    """
    name, default = statement.name, statement.default
    match statement.kind:
        case "remove":
            widgets.remove(name)
        case "text":
            widgets.text(name, default)
        case kind:
            choices = [row[0] for row in query(statement.choices).collect()]
            getattr(widgets, kind)(name, default, choices)
