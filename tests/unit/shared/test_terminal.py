"""Texts of strangers on the terminal: shown as they are, and nothing else happens."""

import json
from io import StringIO

import pytest
from rich.table import Table
from rich.text import Text

from services.terminal import Console, json_text, plain

HOSTILE = [
    "DIY [/smile]",
    "[bold]Food[/bold]",
    "[link=http://evil.example/]Food[/link]",
    ":pile_of_poo:",
]


def shown(*values: object) -> str:
    """What a terminal gets, with the cells of a table too."""
    out = StringIO()
    console = Console(file=out, force_terminal=True, width=120)
    console.print(*values)
    grid = Table("column", title="title")
    for value in values:
        grid.add_row(value)  # type: ignore[arg-type]
    console.print(grid)
    return out.getvalue()


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_is_text(text: str) -> None:
    """Square brackets and colons of a record's text mean nothing, printed or in a table."""
    assert shown(text).count(text) == 2


@pytest.mark.parametrize("make", [str, plain, Text])
@pytest.mark.parametrize("sequence", ["\x1b]52;c;cHduCg==\x07", "\x1b[2J", "\x9b31m", "\u202ecod"])
def test_no_control_character_of_a_text_reaches_the_terminal(
    make: type[str | Text], sequence: str
) -> None:
    """Neither the clipboard, nor the screen, nor the direction of the line; as rich's text neither."""
    printed = shown(make(f"Food{sequence}"))
    assert sequence not in printed
    assert "Food\\" in printed


def test_our_own_styles_still_colour() -> None:
    """The console's own sequences are not the text's."""
    assert "\x1b[31m" in shown(plain("down", "red"))


def test_json_is_whole_and_shows_as_text() -> None:
    """It can be read back, and holds no character that a terminal obeys."""
    value = {"name": "é\x9b\x7f\x1b[2J\u202e😀"}
    text = json_text(value)
    assert json.loads(text) == value
    assert text.isprintable()
    assert "é" in text
