"""`python -m services.stack`: up, down, status, logs, restart, clean."""

import argparse
import contextlib
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from services.settings import env_file, load_settings
from services.setup.jars import JarError
from services.stack.assembly import (
    checkout_layout,
    checkout_stack,
    complete_stack,
    profile_to_start,
)
from services.stack.demo import DemoError, run_demo
from services.stack.profile import DEFAULT, PROFILES, remember, remembered
from services.stack.report import Report, tail
from services.stack.stack import ServiceStatus
from services.stack.start import StartError

_INTERRUPTED = 130
_TABLE_WIDTH = 200
"""Wider than any row: an address that is cut short is of no use."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    options = _parser().parse_args(arguments)
    report = Report(Console(stderr=True, highlight=False))
    try:
        code: int = options.run(options, report)
    except (StartError, DemoError, JarError, RuntimeError, OSError) as error:
        report.say(str(error), "bold red")
        return 1
    except KeyboardInterrupt:
        report.say("Interrupted.", "bold red")
        return _INTERRUPTED
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.stack", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, run: object, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    up = command("up", _up, "start everything that does not run yet")
    up.add_argument(
        "--profile",
        choices=PROFILES,
        default=DEFAULT,
        help="core: without the workspace and Airflow (default: %(default)s)",
    )
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


def _up(options: argparse.Namespace, report: Report) -> int:
    profile = profile_to_start(options.profile, report)
    stack = complete_stack(profile, report)
    remember(checkout_layout(), profile)
    report.say(
        f"Runtime: native ({len(stack.names)} services as processes of this machine), profile {profile}"
    )
    stack.up(report)
    report.say(
        f"Ready in {report.elapsed():.1f} s. `make status` shows the stack, `make down` stops it.",
        "bold",
    )
    return 0


def _demo(options: argparse.Namespace, report: Report) -> int:
    _up(argparse.Namespace(profile="core"), report)
    run_demo(load_settings(), options.rows, report)
    return 0


def _down(_: argparse.Namespace, report: Report) -> int:
    checkout_stack().down(report)
    return 0


def _clean(_: argparse.Namespace, report: Report) -> int:
    layout = checkout_layout()
    checkout_stack().clean(report)
    report.say(f"Deleted {layout.state}. Settings and secrets stay in {env_file()}.")
    return 0


def _restart(options: argparse.Namespace, report: Report) -> int:
    stack = complete_stack(remembered(checkout_layout()), report)
    _require_known(options.services, stack.names)
    stack.restart(options.services, report)
    return 0


def _status(options: argparse.Namespace, report: Report) -> int:
    stack, layout = checkout_stack(), checkout_layout()
    rows = stack.status()
    if options.format == "json":
        sys.stdout.write(
            json.dumps({"runtime": "native", "services": [asdict(row) for row in rows]}) + "\n"
        )
    else:
        Console(highlight=False, width=_TABLE_WIDTH).print(_status_table(rows))
    stopped = [row.name for row in rows if not row.runs]
    if stopped and options.format == "table":
        report.say(
            f"Not running: {', '.join(stopped)}. `make up` starts them; logs are in {layout.logs}.",
            "yellow",
        )
    return 1 if stopped else 0


def _status_table(rows: Sequence[ServiceStatus]) -> Table:
    table = Table("service", "state", "pid", "up for", "memory", "where", box=None, pad_edge=False)
    for row in rows:
        style = "green" if row.runs else "red"
        memory = f"{row.memory / 2**20:.0f} MiB" if row.pid else ""
        uptime = f"{row.uptime // 60} min {row.uptime % 60} s" if row.pid else ""
        table.add_row(
            row.name,
            Text(row.state.lower(), style),
            str(row.pid or ""),
            uptime,
            memory,
            Text(row.url),
        )
    total = sum(row.memory for row in rows)
    table.caption = f"memory in all: {total / 2**20:.0f} MiB" if total else None
    return table


def _logs(options: argparse.Namespace, _: Report) -> int:
    stack, layout = checkout_stack(), checkout_layout()
    _require_known(options.services, stack.log_names)
    files = [layout.log(name) for name in options.services or stack.log_names]
    if options.follow:
        with contextlib.suppress(KeyboardInterrupt):
            subprocess.run(["tail", "-n", str(options.lines), "-F", *map(str, files)], check=False)
        return 0
    console = Console(highlight=False)
    for file in files:
        console.print(Text(f"==> {file}", "bold"), soft_wrap=True)
        for line in tail(file, options.lines):
            console.print(Text(line), soft_wrap=True)
    return 0


def _require_known(names: Sequence[str], known: Sequence[str]) -> None:
    unknown = set(names) - set(known)
    if unknown:
        raise RuntimeError(
            f"There is no service {', '.join(sorted(unknown))}. The services are: {', '.join(known)}."
        )
