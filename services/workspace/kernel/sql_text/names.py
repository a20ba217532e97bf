"""Names in SQL: of columns, tables and parameters, quoted."""

import re

_PART = re.compile(r"`(?P<quoted>(?:[^`]|``)*)`|(?P<plain>[^.`]+)")
_PATH_FORMATS = {"delta", "parquet"}


def quoted(name: str) -> str:
    """One part of a name, in backticks."""
    return f"`{name.replace('`', '``')}`"


def name_parts(name: str) -> list[str]:
    """The parts between the dots, as PySpark reads the name of a column or a table."""
    return [
        match["plain"] if match["quoted"] is None else match["quoted"].replace("``", "`")
        for match in _PART.finditer(name)
    ]


def quoted_name(name: str) -> str:
    """A name of several parts, each in backticks."""
    return ".".join(map(quoted, name_parts(name)))


def quoted_table(name: str) -> str:
    """A table's name, or a format and a path such as delta.`/tmp/x`."""
    first, *rest = name_parts(name)
    if rest and first.lower() in _PATH_FORMATS:
        return f"{first.lower()}.{quoted('.'.join(rest))}"
    return quoted_name(name)
