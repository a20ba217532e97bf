"""`python -m services.stack`: setup, up, down, status, logs, restart, clean and demo, in either runtime."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

from services.checkout import stack_user
from services.checkout.location import PROJECT_ROOT, home, state_dir
from services.checkout.runtime import Choice, choose, remember, remembered, restore
from services.settings import load_settings
from services.stack.command_line.demo import DemoError, run_demo
from services.stack.command_line.runtime_commands import commands
from services.stack.commands import Commands, UpRequest
from services.stack.errors import StartError
from services.stack.logins import tokens, with_token
from services.stack.machine.lock import one_command
from services.stack.private_state import close_state
from services.stack.report import Report
from services.stack.runtime import current, require_alone
from services.stack.status import status_table
from services.terminal import Console

_INTERRUPTED = 130
_TABLE_WIDTH = 200
"""Wider than any row: an address that is cut short is of no use."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    options = _parser().parse_args(arguments)
    report = Report(Console(stderr=True, highlight=False))
    try:
        if closed := close_state(state_dir()):
            report.say(closed, "yellow")
        code: int = options.run(options, report)
    except (StartError, DemoError, RuntimeError, OSError) as error:
        report.say(str(error), "bold red")
        return 1
    except KeyboardInterrupt:
        report.say("Interrupted.", "bold red")
        return _INTERRUPTED
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.stack", description=__doc__)
    subparsers = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, run: object, text: str) -> argparse.ArgumentParser:
        added = subparsers.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    command("setup", _setup, "get everything ready that a start needs: jars, or images")
    up = command("up", _up, "start everything that does not run yet")
    up.add_argument(
        "--profile",
        default="",
        help="core: without the workspace and Airflow; full (default); in Docker Compose also cluster, notebooks, "
        "confluent: full with those, several with commas between them",
    )
    up.add_argument("--workers", type=int, default=0, help="of the cluster")
    demo = command(
        "demo", _demo, "start everything, post the course's sequence, clean it, print the answers"
    )
    demo.add_argument("--rows", type=int, default=500, help="turns to post (default: %(default)s)")
    command("down", _down, "stop everything; keep all data")
    command("clean", _clean, "stop everything and delete this checkout's state and data")
    restart = command("restart", _restart, "stop and start some services, or all")
    restart.add_argument("services", nargs="*", metavar="service")
    status = command("status", _status, "how each service is; exit code 1 when one does not run")
    status.add_argument("--format", choices=["table", "json"], default="table")
    logs = command("logs", _logs, "the last lines of the logs")
    logs.add_argument("services", nargs="*", metavar="service")
    logs.add_argument("--lines", type=int, default=20)
    logs.add_argument(
        "--follow", action="store_true", help="go on printing what comes, until Ctrl-C"
    )
    return parser


def _current() -> Commands:
    """The commands of the runtime that the stack has."""
    return commands(current(state_dir()))


def _setup(_: argparse.Namespace, report: Report) -> int:
    commands(choose(state_dir()).runtime).setup(report)
    return 0


def _up(options: argparse.Namespace, report: Report) -> int:
    with one_command(state_dir(), report):
        _start(choose(state_dir()), UpRequest(options.profile, options.workers), report)
    return 0


def _start(choice: Choice, request: UpRequest, report: Report) -> Commands:
    """Bring the stack up in a runtime, and remember that one; after a first start that failed it is open again.

    From the choice on, the stack's lock is held: two first starts generate one set of passwords, and choose alike.
    """
    state, before = state_dir(), remembered(state_dir())
    require_alone(state, choice.runtime)
    if home() != PROJECT_ROOT:
        report.say(f"This checkout cannot be written: its state and settings are in {home()}.")
    chosen = commands(choice.runtime)
    remember(state, choice.runtime)
    try:
        chosen.up(request, choice.reason, report)
    except BaseException:
        restore(state, before)
        raise
    stack_user.remember(state, load_settings().user_id)
    report.say(
        f"Ready in {report.elapsed():.1f} s. `make status` shows the stack and the addresses, `make down` stops it.",
        "bold",
    )
    return chosen


def _demo(options: argparse.Namespace, report: Report) -> int:
    with one_command(state_dir(), report):
        choice = choose(state_dir(), native_first=True)
        chosen = _start(choice, UpRequest("core"), report)
    run_demo(load_settings(), options.rows, chosen, report)
    return 0


def _down(_: argparse.Namespace, report: Report) -> int:
    with one_command(state_dir(), report):
        _current().down(report)
    return 0


def _clean(_: argparse.Namespace, report: Report) -> int:
    with one_command(state_dir(), report):
        _current().clean(report)
    return 0


def _restart(options: argparse.Namespace, report: Report) -> int:
    with one_command(state_dir(), report):
        _current().restart(options.services, report)
    return 0


def _status(options: argparse.Namespace, report: Report) -> int:
    name = current(state_dir())
    rows = commands(name).status()
    if options.format == "json":
        described = {"runtime": name, "services": [asdict(row) for row in rows]}
        sys.stdout.write(json.dumps(described) + "\n")
    else:
        console, keys = Console(highlight=False, width=_TABLE_WIDTH), tokens(load_settings())
        console.print(
            status_table(
                rows, lambda row: with_token(row.name, row.url, keys, shown=console.is_terminal)
            )
        )
    stopped = [row.name for row in rows if not row.runs]
    if stopped and options.format == "table":
        report.say(
            f"Not running: {', '.join(stopped)}. `make up` starts them, `make logs SERVICE={stopped[0]}` "
            "tells what became of one.",
            "yellow",
        )
    return 1 if stopped else 0


def _logs(options: argparse.Namespace, _: Report) -> int:
    return _current().logs(options.services, options.lines, follow=options.follow)
