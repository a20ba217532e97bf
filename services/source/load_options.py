"""What the user says about the data where the data does not say it."""

from dataclasses import dataclass

from services.tables import Table


@dataclass(frozen=True)
class LoadOptions:
    """Decides what is ambiguous; None where the data decides.

    Attributes:
        delimiter: Between the fields of a CSV file.
        encoding: Python's name of the files' encoding.
        database: Which one of a dump's databases.
        table: Which table the data is, whatever its name.
        day_first: Whether 01/02/2023 is the first of February.
    """

    delimiter: str | None = None
    encoding: str | None = None
    database: str | None = None
    table: Table | None = None
    day_first: bool | None = None


NO_OPTIONS = LoadOptions()
