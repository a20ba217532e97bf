"""Addresses that can be opened: with the token, where only a person sees it."""

from pydantic import SecretStr

from services.settings import Settings
from services.stack.logins import tokens, with_token

TOKENS = {"workspace": "dapi-1", "jupyter": "abc"}


def test_a_terminal_gets_the_token() -> None:
    """The address logs in as it is."""
    url = with_token("workspace", "http://127.0.0.1:8070", TOKENS, shown=True)
    assert url == "http://127.0.0.1:8070/?token=dapi-1"
    assert with_token("jupyter", "http://127.0.0.1:8888/lab", TOKENS, shown=True).endswith(
        "/lab?token=abc"
    )


def test_a_file_or_a_pipe_does_not() -> None:
    """It says that a token belongs there, and not which."""
    url = with_token("workspace", "http://127.0.0.1:8070", TOKENS, shown=False)
    assert url == "http://127.0.0.1:8070/?token=…"


def test_other_services_keep_their_address() -> None:
    """Nothing is added where no token is asked for."""
    assert with_token("mysql", "mysql://x/y", TOKENS, shown=True) == "mysql://x/y"


def test_a_token_that_is_not_set_is_none() -> None:
    """Before the first start there is nothing to show."""
    assert tokens(Settings()) == {}
    assert tokens(Settings(workspace_token=SecretStr("x"))) == {"workspace": "x"}
