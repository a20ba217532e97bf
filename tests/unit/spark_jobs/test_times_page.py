"""docs/times.md tells the truth of what Python prints; the layers are held to it where Spark runs."""

import pytest

from tests.support.times import MOMENTS, NAMES, PRINTED


@pytest.mark.parametrize(("code", "text"), PRINTED.items(), ids=list(PRINTED))
def test_python_prints_what_the_page_says(code: str, text: str) -> None:
    """The second column is what the first one gives."""
    assert str(eval(code, {}, NAMES)) == text  # noqa: S307 - our own page


def test_the_page_has_both_kinds() -> None:
    """Forms that are read, and forms that become null."""
    read = [text for text, moment in MOMENTS.items() if moment]
    assert len(read) >= 20
    assert len(MOMENTS) - len(read) >= 20
