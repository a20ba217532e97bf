"""What a user is told below a traceback."""

import pytest

from services.reroute.injected.pincloud_reroute.hints import hint
from services.reroute.injected.pincloud_reroute.process_context import ProcessContext


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (ModuleNotFoundError("No module named 'tqdm'", name="tqdm"), "tqdm is neither beside"),
        (SyntaxError("f-string: unmatched '['"), "INTERPRETER=python3.13"),
        (KeyError("rds"), "127.0.0.1:13306, database pinterest_data, user reader"),
        (ImportError("cannot import name 'HEADERS'", name="config"), "http://127.0.0.1:18082/prod"),
    ],
)
def test_common_ends_of_scripts_say_what_to_do(
    error: Exception, says: str, context: ProcessContext
) -> None:
    """A package or a file that is missing, a later Python, a stand-in with other keys; never the password."""
    context.offered = True
    found = hint(error, context)
    assert found is not None
    assert says in found
    assert context.configuration.mysql.password not in found


@pytest.mark.parametrize("error", [KeyError("x"), ValueError("x"), RuntimeError("x")])
def test_a_scripts_own_errors_are_left_alone(error: Exception, context: ProcessContext) -> None:
    """Nothing was offered: Python's traceback says all there is to say."""
    assert hint(error, context) is None
