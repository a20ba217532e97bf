"""`python -m services.workspace`: the local Databricks workspace, its Jobs API and the pages of its runs."""

import argparse
import asyncio
import logging
from functools import partial

from services.asgi import leave
from services.listening import reason
from services.settings import Settings, load_settings
from services.terminal import Console
from services.workspace.credentials import remove_old_versions
from services.workspace.deferred_executor import DeferredExecutor, StartableExecutor
from services.workspace.server import serve

DONE, FAILED = 0, 1


def main(argv: list[str] | None = None) -> int:
    """Serve until SIGTERM; exit code 1 when the port or the state folder cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m services.workspace", description=__doc__)
    parser.add_argument("--port", type=int, help="instead of WORKSPACE_PORT")
    options = parser.parse_args(argv)
    logging.basicConfig(format="workspace %(levelname)s %(message)s", level=logging.INFO)
    settings = load_settings(**({"workspace_port": options.port} if options.port else {}))
    problem = run(settings)
    if problem:
        Console(stderr=True).print(problem, soft_wrap=True)
    return FAILED if problem else DONE


def run(settings: Settings) -> str:
    """Serve; return why it could not, or nothing."""
    if not settings.workspace_token.get_secret_value():
        return "WORKSPACE_TOKEN is not set; `make up` generates it, or put one into .env"
    try:
        asyncio.run(serve(settings, DeferredExecutor(partial(_executor, settings))))
    except BlockingIOError:
        return f"{settings.workspace_state} is in use by another workspace; stop that one first"
    except OSError as error:
        return f"The workspace: {reason(error, 'WORKSPACE_PORT')}"
    return ""


def _executor(settings: Settings) -> StartableExecutor:
    from services.workspace.execution.executor import Executor  # noqa: PLC0415 - see deferred_executor

    remove_old_versions(settings)
    return Executor(settings, warm=True)


if __name__ == "__main__":
    leave(main())
