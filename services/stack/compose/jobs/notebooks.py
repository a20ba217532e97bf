"""`make notebooks` in Docker Compose: JupyterLab as one more service."""

import stat
import sys
from pathlib import Path

from services.settings import HOST, load_settings
from services.stack.commands import UpRequest
from services.stack.compose.commands import ComposeCommands
from services.stack.compose.selection import remembered
from services.stack.report import Report
from services.terminal import Console


def open_notebooks() -> int:
    """Start the service beside what runs, and print the address with its token."""
    settings = load_settings()
    report = Report(Console(stderr=True, highlight=False))
    base = remembered(settings.state_dir.resolve()).base
    ComposeCommands().up(UpRequest(f"{base},notebooks"), "", report)
    if not _can_be_saved_in(settings.workspace_dir / "user"):
        report.say(
            "Notebooks can be run, but not saved: the container is of your group, which may not write here. "
            f"`chmod -R g+w {settings.workspace_dir}` lets it.",
            "yellow",
        )
    token = settings.jupyter_token.get_secret_value()
    address = f"http://{HOST}:{settings.jupyter_port}/lab?token={token}"
    Console(highlight=False).print(f"JupyterLab: {address}", soft_wrap=True)
    return 0


def _can_be_saved_in(folder: Path) -> bool:
    """Elsewhere than on Linux, Docker gives files to the user by itself."""
    return sys.platform != "linux" or bool(folder.stat().st_mode & stat.S_IWGRP)
