"""Sending what was made ready to the reader of the notebook."""

from typing import Any

from IPython.display import display as show

from services.workspace.kernel.display import table


def send(bundle: dict[str, Any], **options: Any) -> None:
    """Send one output in several forms, of which the reader's program takes the best that it knows."""
    publisher: Any = show
    publisher(bundle, raw=True, **options)


def publish(content: table.Grid, **options: Any) -> None:
    """Send a table."""
    send({"text/html": table.table(content), "text/plain": table.plain_table(content)}, **options)


def show_itself(value: Any) -> None:
    """Send a value in the forms that it has itself."""
    publisher: Any = show
    publisher(value)
