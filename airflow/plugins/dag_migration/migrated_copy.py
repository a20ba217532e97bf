"""What Airflow is given to read for one file of the user's."""

import difflib
import io
import logging
import re
import tokenize
from pathlib import Path

from dag_migration.migrate import migrate

log = logging.getLogger(__name__)

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u0085\u2028\u2029]")


def decode(data: bytes) -> str:
    """A Python file's text in the encoding that it declares; empty when that does not hold."""
    try:
        return data.decode(_encoding(data))
    except (SyntaxError, LookupError, UnicodeDecodeError):
        return ""


def make(data: bytes, original: Path, taken: str, wrong: str) -> tuple[bytes, str]:
    """The migrated copy, with what was changed as a comment at its end, and the change by itself.

    The comment stands at the end so that every line keeps its number. A file that cannot be migrated comes
    back as it is: Airflow then shows what is wrong with it.

    Args:
        data: The file.
        original: Where it lies.
        taken: A DAG id that it may not use.
        wrong: Why Airflow must not load it; empty when it may.
    """
    source = decode(data)
    try:
        migrated = migrate(source, taken)
    except (RuntimeError, OSError, ValueError) as error:
        log.warning("%s is served as it is: %s", original, error)
        migrated = source
    diff = _diff(source, migrated, original)
    ending = "\n".join([*_comment(diff, original), *_refusal(wrong)])
    if not ending:
        return data, ""
    return f"{migrated.rstrip()}\n\n\n{ending}\n".encode(_encoding(data), "backslashreplace"), diff


def _encoding(data: bytes) -> str:
    return tokenize.detect_encoding(io.BytesIO(data).readline)[0]


def _diff(source: str, migrated: str, original: Path) -> str:
    lines = difflib.unified_diff(
        source.split("\n"), migrated.split("\n"), str(original), "as served", n=0, lineterm=""
    )
    return "".join(f"{_plain(line)}\n" for line in lines)


def _plain(line: str) -> str:
    """One line, whatever the file has put into it."""
    return _CONTROL.sub(lambda match: repr(match[0])[1:-1], line.rstrip("\r"))


def _comment(diff: str, original: Path) -> list[str]:
    if not diff:
        return []
    return [
        f"# Migrated from Airflow 2; {_plain(str(original))!a} is untouched. What was changed:",
        *(f"# {line}" for line in diff.splitlines()[2:]),
    ]


def _refusal(wrong: str) -> list[str]:
    return [f"raise ValueError({wrong!r})"] if wrong else []
