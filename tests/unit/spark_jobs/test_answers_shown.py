"""Answers as `make answers` prints them."""

from io import StringIO

import pytest

from services.terminal import Console
from spark_jobs import answers


@pytest.mark.parametrize(
    ("options", "again"),
    [
        ([], "make answers VIEW=batch ALL=1"),
        (["--view", "speed"], "make answers VIEW=speed ALL=1"),
        (["--every-event"], "make answers VIEW=batch EVERY_EVENT=1 ALL=1"),
    ],
)
def test_a_long_answer_names_the_command_for_all_of_the_same(
    options: list[str], again: str
) -> None:
    """The other rows of another view would not be the rest of these."""
    written = StringIO()
    asked = answers._parser().parse_args(options)
    found = {"countries": [{"country": f"c{n}"} for n in range(3)]}
    answers._show(Console(file=written, width=120), found, 2, answers._again(asked))
    assert f"2 of 3 rows; all: `{again}`" in written.getvalue()


@pytest.mark.parametrize("text", ["DIY [/smile]", "[link=http://evil.example/]Food[/link]"])
def test_a_records_text_is_shown_as_it_is(text: str) -> None:
    """It is no markup: nothing is hidden, linked or an error."""
    written = StringIO()
    console = Console(file=written, width=120)
    answers._show(console, {"users": [{"poster_name": text}]}, 2, "make answers")
    assert text in written.getvalue()
