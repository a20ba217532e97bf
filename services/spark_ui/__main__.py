"""`python -m services.spark_ui`: the door of Spark's web UI, on SPARK_UI_PORT."""

import argparse
import asyncio
import logging
from collections.abc import Sequence

from services.asgi import leave, serve_until, stop_signal
from services.listening import reason
from services.settings import Settings, load_settings
from services.spark_ui.app import app
from services.terminal import Console

DONE, FAILED = 0, 1


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM; exit code 1 when the port cannot be used, or there is no token."""
    parser = argparse.ArgumentParser(prog="python -m services.spark_ui", description=__doc__)
    parser.parse_args(argv)
    logging.basicConfig(format="spark_ui %(levelname)s %(message)s", level=logging.INFO)
    settings = load_settings()
    problem = _serve(settings)
    if problem:
        Console(stderr=True).print(problem, soft_wrap=True)
    return FAILED if problem else DONE


def _serve(settings: Settings) -> str:
    """Serve; return why it could not, or nothing."""
    if not settings.spark_token.get_secret_value():
        return "SPARK_TOKEN is not set; `make up` generates it, or put one into .env"
    try:
        asyncio.run(_until_stopped(settings))
    except OSError as error:
        return f"Spark's UI: {reason(error, 'SPARK_UI_PORT')}"
    return ""


async def _until_stopped(settings: Settings) -> None:
    await serve_until(stop_signal(), app(settings), settings.listen_host, settings.spark_ui_port)


if __name__ == "__main__":
    leave(main())
