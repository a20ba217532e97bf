"""`python -m services.reroute`: a user's posting script, against the local cloud, with not a line changed."""

import argparse
import asyncio
from functools import partial
from pathlib import Path

import urllib3

from services.checkout.environment import inherited
from services.reroute.display import say_packages, summarize
from services.reroute.errors import RerouteError
from services.reroute.folder.listing import show_folder
from services.reroute.packages.prepared import prepare
from services.reroute.post_results import PostResults
from services.reroute.runner import RunOptions, run
from services.reroute.script import find_script
from services.settings import Settings, load_settings
from services.terminal import Console

DONE, FAILED = 0, 1
_CHECK_SECONDS = 5.0


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit code is the script's own."""
    parser = _parser()
    parsed = parser.parse_args(arguments)
    if not parsed.script:
        parser.error("which script? make run SCRIPT=<file>.py, or a folder")
    errors = Console(stderr=True)
    try:
        settings = _absolute(load_settings())
        if (folder := Path(parsed.script).expanduser().resolve()).is_dir():
            show_folder(Console(), folder, settings)
            return DONE
        script = find_script(parsed.script, parsed.arguments, parsed.interpreter)
        _check(settings)
        script, variables = prepare(
            script,
            chosen=bool(parsed.interpreter),
            install=not parsed.no_install,
            say=partial(say_packages, errors),
        )
        results = PostResults(settings)
        options = RunOptions(parsed.max_requests, parsed.fast, parsed.write_config)
        code = asyncio.run(run(settings, script, options, results, {**inherited(), **variables}))
    except (RerouteError, OSError) as error:
        return _fail(errors, str(error))
    if not parsed.write_config:
        summarize(errors, results, settings.stack_user_id or settings.user_id, code)
    return _fail(errors, results.problem) if results.problem else code


def _fail(errors: Console, message: str) -> int:
    errors.print(message, style="red", soft_wrap=True)
    return FAILED


def _absolute(settings: Settings) -> Settings:
    """The script runs in its own folder, the journals stay where they are."""
    return settings.model_copy(update={"state_dir": settings.state_dir.resolve()})


def _check(settings: Settings) -> None:
    """Make sure that the gateway answers.

    Raises:
        RerouteError: it does not.
    """
    url = settings.gateway_url.rstrip("/")
    try:
        urllib3.request("GET", f"{url}/health", retries=False, timeout=_CHECK_SECONDS)
    except urllib3.exceptions.HTTPError as error:
        raise RerouteError(
            f"The gateway at {url} does not answer. Start the stack with `make up`, or set GATEWAY_URL."
        ) from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m services.reroute",
        description="Run a posting script of your own in its own folder, unchanged. What it sends to API "
        "Gateway, RDS, S3, Kinesis and MSK goes to the local stack; credential files that are missing are "
        "offered with local values. The exit code is the script's.",
    )
    add = parser.add_argument
    add("--max-requests", type=_count, metavar="N", help="end it after N acknowledged posts")
    add("--fast", action="store_true", help="skip the sleeps of its own code")
    add(
        "--write-config", action="store_true", help="write its missing configuration files, to edit"
    )
    add("--interpreter", metavar="PYTHON", help="runs it, e.g. python3.12 (the project's own)")
    add(
        "--no-install",
        action="store_true",
        help="fetch no packages that it imports and Python has not",
    )
    add("script", nargs="?", help="a Python file; of a folder, what lies in it is listed")
    add("arguments", nargs=argparse.REMAINDER, metavar="…", help="the script's own arguments")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not at least 1")
    return number


_count.__name__ = "whole number"
