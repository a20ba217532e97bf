"""`%sql`: statements, run in order; the last one's rows are shown and stay behind as `_sqldf`.

A cell without rows, such as one that ends with CREATE TABLE, leaves `_sqldf` as it is.
"""

from typing import Any

from pyspark.sql import DataFrame, SparkSession

from services.workspace.kernel.dbutils.widgets import WidgetsUtils
from services.workspace.kernel.display.display_function import display
from services.workspace.kernel.magics.command_line import MagicError
from services.workspace.kernel.process.output import print_line
from services.workspace.kernel.sql_text.parameters import with_parameters
from services.workspace.kernel.sql_text.statements import split_statements

_NOTE_CHARACTERS = 80
"""Characters of a statement in the note about it."""


class SqlMagic:
    def __init__(self, spark: SparkSession, widgets: WidgetsUtils, names: dict[str, Any]) -> None:
        self._spark = spark
        self._widgets = widgets
        self._names = names

    def __call__(self, line: str, cell: str = "") -> None:
        """Execute the statements and show the last result; the first error ends the cell.

        Raises:
            MagicError: there is no statement.
        """
        statements = split_statements(f"{line}\n{cell}")
        if not statements:
            raise MagicError("This %sql cell holds no statement.")
        for number, statement in enumerate(statements, start=1):
            try:
                frame = self._run(statement)
            except Exception as error:
                if len(statements) > 1:
                    error.add_note(_note(number, len(statements), statement))
                raise
        if frame.columns:
            self._names["_sqldf"] = frame
            display(frame)
        else:
            print_line("OK")

    def _run(self, statement: str) -> DataFrame:
        return self._spark.sql(with_parameters(statement, self._widgets.getAll()))


def _note(number: int, count: int, statement: str) -> str:
    first = " ".join(statement.split())
    short = first if len(first) <= _NOTE_CHARACTERS else f"{first[:_NOTE_CHARACTERS]}…"
    before = "" if number == 1 else "; those before it took effect"
    return f"This was statement {number} of {count}{before}: {short}"
