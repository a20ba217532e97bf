import pytest

from services.terminal_text import MOST_CHARACTERS, escaped, one_line


def test_one_line_has_no_line_ends_and_no_control_characters() -> None:
    """Neither the cursor nor the next line of a journal can be touched by a server's text."""
    assert one_line(" a\n\tb\x1b[2J\x00 ") == "a b\ufffd[2J\ufffd"


def test_one_line_is_cut() -> None:
    """A server may answer with a whole page."""
    assert one_line("x" * 10_000) == "x" * MOST_CHARACTERS


@pytest.mark.parametrize(
    ("text", "shown"), [("a\n\tb", "a\n\tb"), ("\x1b[2J", "\\x1b[2J"), ("\r\x9b", "\\r\\x9b")]
)
def test_an_escaped_text_is_whole_and_its_control_characters_are_spelled_out(
    text: str, shown: str
) -> None:
    """Line ends and tabs stay."""
    assert escaped(text) == shown
