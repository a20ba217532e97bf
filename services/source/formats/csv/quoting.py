r"""How a file writes a quote inside of quotes, and what a backslash is in it.

RFC 4180, pandas and Excel double the quote. Spark puts a backslash before it, and leaves every
other backslash alone. MySQL (`SELECT … INTO OUTFILE`, `mysqldump --tab`, `mysql --batch`) escapes
line ends, tabs and backslashes as well, and writes NULL as `\N`.
"""

import re
from enum import Enum


class Quoting(Enum):
    """What stands for a quote inside of quotes."""

    DOUBLED = "doubled"
    BACKSLASH = "backslash"
    MYSQL = "mysql"


NULL = r"\N"

_BEFORE_QUOTE = re.compile(r'(\\+)"')
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a"}
"""MySQL 8.4 Reference Manual, LOAD DATA: any other escaped character is itself."""


def quoting_of(sample: str, delimiter: str) -> Quoting:
    """What the beginning of a file shows; the doubled quote where it shows nothing."""
    edge = re.escape(delimiter)
    if re.search(rf'(?:^|{edge})"?\\N"?(?={edge}|[\r\n]|$)', sample, re.MULTILINE):
        return Quoting.MYSQL
    if re.search(rf'[^\\](?:\\\\)*\\"(?!{edge}|"|[\r\n]|$)', sample):
        return Quoting.BACKSLASH
    if delimiter == "\t" and not re.search(r'(?:^|\t)"', sample, re.MULTILINE):
        return Quoting.MYSQL if re.search(r"\\[\\ntr0]|\\\n", sample) else Quoting.DOUBLED
    return Quoting.DOUBLED


def with_doubled_quotes(line: str, quoting: Quoting) -> str:
    """The line as RFC 4180 quotes it; MySQL's other escapes stay for `unescaped`."""
    if quoting is Quoting.DOUBLED or "\\" not in line:
        return line
    keep = quoting is Quoting.MYSQL
    return _BEFORE_QUOTE.sub(lambda match: _doubled(match[1], keep=keep), line)


def _doubled(backslashes: str, *, keep: bool) -> str:
    count = len(backslashes)
    left = count - count % 2 if keep else count // 2
    return "\\" * left + ('""' if count % 2 else '"')


def unescaped(field: str, quoting: Quoting) -> str | None:
    r"""The field's text; None for `\N`."""
    if field == NULL:
        return None
    if quoting is not Quoting.MYSQL or "\\" not in field:
        return field
    return _ESCAPE.sub(lambda match: _ESCAPED.get(match[1], match[1]), field)
