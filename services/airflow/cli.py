"""Airflow from the command line: where it is and what it has; a DAG run followed to its end."""

import argparse
import json
from collections.abc import Mapping, Sequence
from typing import Any

from services.airflow.client import AirflowClient
from services.airflow.dag_run import run
from services.airflow.errors import AirflowError
from services.airflow.find_dag import find_dag
from services.airflow.rest import AirflowRest
from services.airflow.show import show
from services.settings import load_settings
from services.terminal import Console, plain

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    options = _parser().parse_args(arguments)
    console = Console(highlight=False)
    try:
        code: int = options.command(options, console)
    except AirflowError as error:
        Console(stderr=True, highlight=False).print(plain(str(error), "bold red"), soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.airflow", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    text = "the address, the login, the DAGs, what could not be loaded and what was migrated"
    commands.add_parser("show", help=text, description=text).set_defaults(command=_show)
    text = "begin a run of a DAG and follow it; exit code 1 when it fails"
    running = commands.add_parser("run", help=text, description=text)
    running.add_argument("--dag", metavar="ID", help="which (default: the pipeline's own)")
    running.add_argument(
        "--conf",
        metavar="JSON",
        type=_json_object,
        default={},
        help="the run's configuration, a JSON object",
    )
    running.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=float,
        default=3600,
        help="stop following after so long (default: %(default)s)",
    )
    running.set_defaults(command=_run)
    return parser


def _json_object(text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise argparse.ArgumentTypeError(f'{text!r} is not a JSON object such as {{"rows": 5}}')
    return value


def _show(_: argparse.Namespace, console: Console) -> int:
    settings = load_settings()
    show(AirflowClient(AirflowRest(settings)), settings, console)
    return 0


def _run(options: argparse.Namespace, console: Console) -> int:
    settings = load_settings()
    airflow = AirflowClient(AirflowRest(settings))

    def say(text: str) -> None:
        console.print(plain(text, "dim"), soft_wrap=True)

    dag = find_dag(airflow, options.dag or f"{settings.user_id}_dag", settings, say)
    succeeded = run(airflow, dag, options.conf, timeout=options.timeout, console=console)
    return 0 if succeeded else 1
