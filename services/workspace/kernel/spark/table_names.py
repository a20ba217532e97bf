"""Table names as Databricks takes them: its default catalog `hive_metastore` is this server's only one."""

import re

_NAME = re.compile(r"^\s*`?hive_metastore`?\s*\.\s*", re.IGNORECASE)

_QUOTED = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|--[^\n]*|/\*.*?\*/"
_IN_SQL = re.compile(
    rf"(?P<quoted>{_QUOTED})|(?<![\w.`])`?hive_metastore`?\s*\.\s*", re.IGNORECASE | re.DOTALL
)
_USE = re.compile(r"^\s*USE\s+CATALOG\s+`?hive_metastore`?\s*;?\s*$", re.IGNORECASE)

_WRITES = re.compile(
    r"""^\s*(?:
        INSERT\s+(?:INTO|OVERWRITE)(?:\s+TABLE)? |
        CREATE\s+(?:OR\s+REPLACE\s+)?TABLE(?:\s+IF\s+NOT\s+EXISTS)? | REPLACE\s+TABLE |
        TRUNCATE\s+TABLE | ALTER\s+TABLE |
        MERGE\s+(?:WITH\s+SCHEMA\s+EVOLUTION\s+)?INTO | DELETE\s+FROM | UPDATE | COPY\s+INTO
    )\s+(?P<name>(?:`[^`]+`|\w+)(?:\.(?:`[^`]+`|\w+))*)""",
    re.IGNORECASE | re.VERBOSE,
)
_DROPS = re.compile(
    r"^\s*DROP\s+TABLE(?:\s+IF\s+EXISTS)?\s+(?P<name>(?:`[^`]+`|\w+)(?:\.(?:`[^`]+`|\w+))*)",
    re.IGNORECASE,
)
_COMMENTS = re.compile(r"^(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)+", re.DOTALL)


def local_name(name: str) -> str:
    """A table's name without `hive_metastore.`."""
    return _NAME.sub("", name)


def local_sql(text: str) -> str:
    """A statement without `hive_metastore.` before its tables; strings and comments stay as they are."""
    if _USE.match(text):
        return "USE default"
    return _IN_SQL.sub(lambda match: match["quoted"] or "", text)


def written_table(text: str) -> str | None:
    """The table that a statement makes or changes."""
    match = _WRITES.match(_COMMENTS.sub("", text))
    return match["name"] if match else None


def dropped_table(text: str) -> str | None:
    """The table that a statement drops."""
    match = _DROPS.match(_COMMENTS.sub("", text))
    return match["name"] if match else None
