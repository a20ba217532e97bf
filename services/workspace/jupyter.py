"""`python -m services.workspace.jupyter` (`make notebooks`): JupyterLab on the notebooks, with the workspace's kernel.

All that JupyterLab keeps lies below the state folder, and nothing in the user's home. It asks no server of its
makers for news or updates.
"""

import argparse
import json
import os
import secrets
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from services import spark_connect
from services.files import write_private
from services.http_guard import allowed
from services.listening import check_free, reason
from services.settings import HOST, Settings, load_settings
from services.terminal import Console
from services.workspace.execution.child_environment import child_environment
from services.workspace.notebooks.jupyter_copy import KERNEL
from services.workspace.notebooks.notebook_library import NotebookLibrary

FAILED = 1
_ALIAS = "python3"
"""The kernel that notebooks from elsewhere ask for."""

_NEWS = "@jupyterlab/apputils-extension:announcements"
"""Its page would ask each newcomer whether it may ask its makers for news."""

_CONNECT_TIMEOUT_SECONDS = 2.0

_GROUP_WRITES = 0o002


def main(argv: Sequence[str] | None = None) -> int:
    """Become JupyterLab; exit code 1 when it cannot listen."""
    options = _parser().parse_args(argv)
    settings = load_settings(**({"jupyter_port": options.port} if options.port else {}))
    console = Console(stderr=True)
    try:
        check_free(settings.listen_host, settings.jupyter_port)
        home = prepare(settings, open_browser=not options.no_browser)
    except OSError as error:
        console.print(f"JupyterLab: {reason(error, 'JUPYTER_PORT')}", soft_wrap=True)
        return FAILED
    token = settings.jupyter_token.get_secret_value() or secrets.token_urlsafe(24)
    for line in _greeting(settings, "<JUPYTER_TOKEN>" if options.contained else token):
        console.print(line, soft_wrap=True)
    if options.contained:
        os.umask(_GROUP_WRITES)
    return _become({**child_environment(settings), **_folders(home), "JUPYTER_TOKEN": token})


def _become(environment: Mapping[str, str]) -> NoReturn:
    """Go on as JupyterLab, in this very process: Ctrl-C and every other signal are its own."""
    os.execve(sys.executable, (sys.executable, "-m", "jupyterlab"), environment)  # noqa: S606 - no shell is wanted


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m services.workspace.jupyter", description=__doc__)
    parser.add_argument("--port", type=int, help="instead of JUPYTER_PORT")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    contained = "in a container: print no token, and let the group write what is saved"
    parser.add_argument("--contained", action="store_true", help=contained)
    return parser


def prepare(settings: Settings, *, open_browser: bool) -> Path:
    """Write JupyterLab's configuration and the kernel's description; return the folder that holds them."""
    home = settings.workspace_state.resolve() / "jupyter"
    config = home / "config"
    _write(
        config / "jupyter_server_config.json", _configuration(settings, open_browser=open_browser)
    )
    _write(config / "labconfig" / "page_config.json", {"disabledExtensions": {_NEWS: True}})
    for name in (KERNEL, _ALIAS):
        _write(home / "data" / "kernels" / name / "kernel.json", _kernel())
    return home


def _configuration(settings: Settings, *, open_browser: bool) -> dict[str, Any]:
    return {
        "ServerApp": {
            "ip": settings.listen_host,
            "port": settings.jupyter_port,
            "port_retries": 0,
            "root_dir": str(settings.workspace_dir.resolve()),
            "open_browser": open_browser,
            "answer_yes": True,
            "allow_root": True,
            "log_level": "WARN",
            "allow_remote_access": False,
            "local_hostnames": ["localhost", *sorted(allowed(hosts=settings.allowed_hosts).hosts)],
        },
        "LabApp": {
            "news_url": None,
            "check_for_updates_class": "jupyterlab.handlers.announcements.NeverCheckForUpdate",
            "extension_manager": "readonly",
        },
        "KernelSpecManager": {
            "ensure_native_kernel": False,
            "allowed_kernelspecs": [KERNEL, _ALIAS],
        },
        "MultiKernelManager": {"default_kernel_name": KERNEL},
        "KernelManager": {"transport_encryption": "required"},
    }


def _kernel() -> dict[str, Any]:
    """What starts a kernel; on its ports only who has the keys of the connection file hears what a cell prints."""
    command = [sys.executable, "-m", "services.workspace.kernel", "--interactive", "--log-level=40"]
    return {
        "argv": [*command, "-f", "{connection_file}"],
        "display_name": KERNEL,
        "language": "python",
        "metadata": {"supported_encryption": ["curve"]},
    }


def _write(file: Path, content: dict[str, Any]) -> None:
    write_private(file, json.dumps(content, indent=1))


def _folders(home: Path) -> dict[str, str]:
    return {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_PATH": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
    }


def _greeting(settings: Settings, token: str) -> list[str]:
    lines = [
        f"JupyterLab on {settings.workspace_dir}: http://{HOST}:{settings.jupyter_port}/lab?token={token}"
    ]
    if not _answers(settings):
        lines.append(
            "Spark does not answer: cells that need it will fail until `make up` has started the stack."
        )
    if _has_source_notebooks(settings):
        lines.append(
            "Source notebooks (.py, .sql, .dbc) open as text; run one with `%run ./<name>` or as a job."
        )
    return [*lines, "Ctrl-C ends it."]


def _answers(settings: Settings) -> bool:
    address = spark_connect.endpoint(settings)
    try:
        socket.create_connection(address, timeout=_CONNECT_TIMEOUT_SECONDS).close()
    except OSError:
        return False
    return True


def _has_source_notebooks(settings: Settings) -> bool:
    locations = NotebookLibrary(settings.workspace_dir).locations()
    return any(location.ending != ".ipynb" for location in locations)


if __name__ == "__main__":
    sys.exit(main())
