"""Which of a dump's databases is loaded."""

from services.source.rows.raw_rows import UnreadableFileError
from services.source.rows.values import quote_value
from services.tables import Table


class Databases:
    """Follows `USE`, and takes the rows of one database.

    Args:
        chosen: The one that the user wants; None takes the only one that holds rows of ours.
    """

    def __init__(self, chosen: str | None) -> None:
        self._chosen = chosen.lower() if chosen else None
        self._current: str | None = None
        self._first: dict[Table, tuple[str | None, int]] = {}
        self._met: list[str] = []

    def use(self, name: str) -> None:
        self._current = name

    def named(self, database: str | None) -> str | None:
        """The database of a table that is written with this one before it, or without any."""
        return database or self._current

    def takes(self, database: str | None, table: Table, line: int) -> bool:
        """Whether rows of this database are loaded.

        Raises:
            UnreadableFileError: another one had rows of this table, and none is chosen.
        """
        if database and database not in self._met:
            self._met.append(database)
        if self._chosen:
            return database is None or database.lower() == self._chosen
        name, before = self._first.setdefault(table, (database, line))
        if name != database:
            shown = [quote_value(name or "unnamed"), quote_value(database or "unnamed")]
            raise UnreadableFileError(
                f"{table.source} is in two of its databases, {shown[0]} (line {before}) and {shown[1]} "
                f"(line {line}); say which one with DATABASE={database or name}"
            )
        return True

    def require_chosen(self) -> None:
        """Refuse a choice that was none.

        Raises:
            UnreadableFileError: the dump names databases, and the chosen one is not among them.
        """
        if self._chosen and self._met and self._chosen not in map(str.lower, self._met):
            raise UnreadableFileError(
                f"no database {quote_value(self._chosen)} in it holds our tables; "
                f"there is {', '.join(map(quote_value, self._met))}"
            )
