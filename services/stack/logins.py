"""What a person needs beside an address: the tokens of the pages that ask for one."""

from collections.abc import Mapping

from services.browser_login import login_address
from services.settings import Settings

HIDDEN = "…"
"""In a token's place where a file or a pipe would keep it."""


def tokens(settings: Settings) -> dict[str, str]:
    """Service → the token that its page asks for; JupyterLab's may be made anew at each start."""
    found = {
        "spark_ui": settings.spark_token.get_secret_value(),
        "workspace": settings.workspace_token.get_secret_value(),
        "jupyter": settings.jupyter_token.get_secret_value(),
    }
    return {name: token for name, token in found.items() if token}


def with_token(name: str, url: str, tokens: Mapping[str, str], *, shown: bool) -> str:
    """A service's address, as it can be opened."""
    if name not in tokens or not url:
        return url
    return login_address(url, tokens[name]) if shown else f"{login_address(url, '')}{HIDDEN}"
