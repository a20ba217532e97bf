"""`make notebooks` in Docker Compose: JupyterLab as one more service."""

from rich.console import Console

from services.settings import HOST, load_settings
from services.stack.commands import Wish
from services.stack.compose.commands import ComposeCommands
from services.stack.report import Report


def open_notebooks() -> int:
    """Start the service, and print the address with its token."""
    ComposeCommands().up(
        Wish("notebooks"), "`make down` stops it.", Report(Console(stderr=True, highlight=False))
    )
    settings = load_settings()
    address = f"http://{HOST}:{settings.jupyter_port}/lab?token={settings.jupyter_token.get_secret_value()}"
    Console(highlight=False).print(f"JupyterLab: {address}", markup=False, soft_wrap=True)
    return 0
