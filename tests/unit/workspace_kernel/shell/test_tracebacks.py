import pytest
from pyspark.errors import AnalysisException
from pyspark.errors.exceptions.connect import SparkConnectGrpcException

from services.workspace.kernel.shell.tracebacks import format_error, summarize


def _raise(error: BaseException, cause: BaseException | None) -> None:
    raise error from cause


def test_causes_come_first() -> None:
    """Each with its frames and its notes."""
    first, second = ValueError("why"), KeyError("what")
    second.add_note("in statement 2")
    with pytest.raises(ValueError, match="why"):
        _raise(first, None)
    with pytest.raises(KeyError):
        _raise(second, first)
    texts = format_error(second)
    assert "ValueError: why" in texts
    assert "direct cause" in texts[texts.index("ValueError: why") + 1]
    assert texts[-1] == "KeyError: 'what'\nin statement 2"
    assert sum("in _raise\n" in text for text in texts) == 2


def test_an_error_that_causes_itself_is_shown_once() -> None:
    """A user's code can make such a chain."""
    error = ValueError("loop")
    other = KeyError("other")
    error.__cause__, other.__cause__ = other, error
    assert format_error(error)[-1] == "ValueError: loop"


def test_sparks_errors_lose_their_java() -> None:
    """What is left is meant for people."""
    error = AnalysisException("[TABLE] no table\n\nJVM stacktrace:\norg.apache.X\n\tat y")
    assert summarize(error) == ("AnalysisException", "[TABLE] no table")
    assert format_error(error) == ["AnalysisException: [TABLE] no table"]


def test_a_lost_session_has_one_name() -> None:
    """Whatever Spark calls it, the executor must know it from a notebook's own failure."""
    error = SparkConnectGrpcException("[INVALID_HANDLE.SESSION_NOT_FOUND] The handle is invalid.")
    name, message = summarize(error)
    assert name == "SparkUnavailableError"
    assert "restarted" in message


def test_a_missing_module_comes_with_what_to_do() -> None:
    """Databricks' runtime brought packages that are not here."""
    error = ModuleNotFoundError("No module named 'seaborn'", name="seaborn")
    assert "No module named 'seaborn'. A package: add it with" in summarize(error).message
    assert "pip install seaborn" in format_error(error)[-1]


class _Unprintable(Exception):
    def __str__(self) -> str:
        raise KeyError("no text")


def test_an_error_without_a_text_is_shown_all_the_same() -> None:
    """A user's own `__str__` may raise."""
    assert format_error(_Unprintable()) == ["_Unprintable: (its text cannot be made: KeyError)"]


def test_a_groups_members_are_shown() -> None:
    """Indented below it."""
    group = ExceptionGroup("both", [ValueError("a"), KeyError("b")])
    assert format_error(group) == [
        "ExceptionGroup: both (2 sub-exceptions)\n  | ValueError: a\n  | KeyError: 'b'"
    ]
