"""`CREATE WIDGET` and `REMOVE WIDGET`, statements of Databricks' SQL about a notebook's parameters."""

import re
from dataclasses import dataclass

_NAME = r"""(?P<name>`[^`]+`|"[^"]+"|'[^']+'|[\w.-]+)"""
_TEXT = r"""'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|[^\s'";]+"""
_CREATE = re.compile(
    rf"""\s*CREATE\s+WIDGET\s+(?P<kind>TEXT|DROPDOWN|COMBOBOX|MULTISELECT)\s+{_NAME}
    (?:\s+DEFAULT\s+(?P<default>{_TEXT}))?
    (?:\s+CHOICES\s+(?P<choices>.+?))?\s*;?\s*""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_REMOVE = re.compile(rf"\s*REMOVE\s+WIDGET\s+{_NAME}\s*;?\s*", re.IGNORECASE)
_COMMENTS = re.compile(r"^(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)+", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True)
class WidgetStatement:
    """What is asked of a widget.

    Attributes:
        kind: `text`, `dropdown`, `combobox`, `multiselect`, or `remove`.
        choices: The query whose first column holds the choices; empty for none.
    """

    kind: str
    name: str
    default: str = ""
    choices: str = ""


def widget_statement(text: str) -> WidgetStatement | None:
    """The statement, if it is one about a widget."""
    plain = _COMMENTS.sub("", text)
    if match := _CREATE.fullmatch(plain):
        default, choices = match["default"] or "", match["choices"] or ""
        return WidgetStatement(
            match["kind"].lower(), match["name"].strip("`\"'"), _unquoted(default), choices
        )
    if match := _REMOVE.fullmatch(plain):
        return WidgetStatement("remove", match["name"].strip("`\"'"))
    return None


def _unquoted(text: str) -> str:
    quote = text[:1]
    if quote not in {"'", '"'}:
        return text
    return _ESCAPE.sub(r"\1", text[1:-1].replace(quote * 2, quote))
