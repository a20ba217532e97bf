from services.workspace.execution.cell_failure import CellFailed

_TRACEBACK = [
    "Traceback (most recent call last):",
    '  File "/user/me/main.py", line 9, in <module>\n    f(3)',
    '  File "/opt/lib/python3.11/site-packages/pandas/x.py", line 1, in g\n    h()',
    '  File "<frozen runpy>", line 1, in g',
    '  File "/elsewhere/helper.py", line 2, in f\n    \x1b[31mreturn x/0\x1b[39m\n           ~^~',
    "ZeroDivisionError: division by zero",
]


def test_the_error_is_the_message_and_the_users_own_frames() -> None:
    """Airflow shows nothing else, and shows it as one long line."""
    failure = CellFailed("ZeroDivisionError", "division by zero", _TRACEBACK)

    assert failure.message == "ZeroDivisionError: division by zero"
    assert failure.error == (
        "ZeroDivisionError: division by zero\n"
        '  File "/user/me/main.py", line 9, in <module>\n    f(3)\n'
        '  File "/elsewhere/helper.py", line 2, in f\n    return x/0\n           ~^~'
    )


def test_the_trace_is_whole_and_without_colours() -> None:
    """Frames of libraries are in it."""
    trace = CellFailed("ZeroDivisionError", "division by zero", _TRACEBACK).trace

    assert "pandas" in trace
    assert "\x1b" not in trace


def test_a_message_is_one_line_without_javas_stack() -> None:
    """DBFS paths read as in a notebook."""
    value = "[X] no table at dbfs://local/a\nmore\n\nJVM stacktrace:\njava.lang.X\n\tat y"
    failure = CellFailed("AnalysisException", value, ())

    assert failure.message == "AnalysisException: [X] no table at dbfs:/a"
    assert failure.error == "AnalysisException: [X] no table at dbfs:/a\nmore"


def test_an_error_without_text_has_only_its_name() -> None:
    """Such as a bare `raise ValueError`."""
    assert CellFailed("ValueError", "", ()).message == "ValueError"


def test_an_endless_text_is_cut() -> None:
    """A thousand lines help nobody."""
    assert len(CellFailed("E", "line\n" * 1000, ()).error.splitlines()) == 20


def test_the_message_of_an_error_in_py4js_form_is_what_happened() -> None:
    """Its first line only says what was called."""
    value = "An error occurred while calling x.ls.\n: java.io.FileNotFoundException: /x\n\tat y"

    assert CellFailed("ExecutionError", value, ()).message.endswith(
        "ls. : java.io.FileNotFoundException: /x"
    )
