"""Data checks: broken guarantees fail the run, implausible values do not."""

import pytest

from spark_jobs.daily import report
from spark_jobs.daily.checks import CheckResult, DataCheckError, require


def test_a_broken_guarantee_fails_and_is_named() -> None:
    """The error names the table, the rule and the number of rows."""
    broken = CheckResult("pin", "one row per ind", 3, guaranteed=True)
    with pytest.raises(DataCheckError, match=r"pin: one row per ind \(3 do not\)"):
        require([broken, CheckResult("geo", "every row has an ind", 0, guaranteed=True)])


def test_implausible_values_stop_nothing() -> None:
    """A sender who says that he is 400 years old is counted, and the run goes on."""
    require([CheckResult("user", "ages are people's", 1, guaranteed=False)])


def test_a_cell_of_the_report_cannot_leave_its_cell() -> None:
    """Third parties' text keeps its words and loses its power over Markdown and HTML."""
    text = report.grid(("a", "b"), [("x | y\nz", "<script>alert(1)</script>")])
    assert text.splitlines()[2] == "| x \\| y z | &lt;script>alert(1)&lt;/script> |"


def test_a_cell_of_the_report_neither_links_nor_loads_anything() -> None:
    """A picture of a record's text would tell its owner who reads the report, and when."""
    text = report.grid(("a",), [("![x](https://evil.example/p.png)",), ("x\x1b[2J",)])
    assert text.splitlines()[2:] == ["| !\\[x\\](https://evil.example/p.png) |", "| x\\x1b\\[2J |"]
