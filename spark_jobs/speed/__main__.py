"""The streaming application, and how far it is.

python -m spark_jobs.speed [run]           stream until SIGTERM
python -m spark_jobs.speed status          how far each table is behind its stream
python -m spark_jobs.speed wait            return when all that is in the streams now is in the tables
python -m spark_jobs.speed reset           move a table and its checkpoint aside, to build it anew
"""

import argparse
import json
import logging
import signal
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from botocore.exceptions import BotoCoreError, ClientError
from pyspark.errors import PySparkException
from rich.table import Table as Grid

from services.settings import load_settings
from services.streams.readiness import REFUSED, is_streaming
from services.streams.shared import StreamNameError, add_shared_stream, shared_streams
from services.tables import BY_NAME
from services.terminal import Console
from spark_jobs.lake import speed_tier
from spark_jobs.session import SparkUnreachableError, cause
from spark_jobs.speed import guard
from spark_jobs.speed.application import Application, QueryFailedError
from spark_jobs.speed.backlog import Backlog, Backlogs
from spark_jobs.speed.guard import RefusedError

DONE, FAILED = 0, 1

POLL_SECONDS = 0.3
PAUSE_SECONDS = 3.0

log = logging.getLogger("speed")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; see DONE, FAILED, REFUSED."""
    options = _parser().parse_args(arguments)
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        code: int = options.run(options, errors)
    except (ClientError, BotoCoreError) as error:
        errors.print(f"Kinesis: {error}. Is the stack up? `make status`.")
        return FAILED
    return code


def _run(options: argparse.Namespace, _: Console) -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    logging.getLogger("pyspark").setLevel(logging.CRITICAL)
    try:
        Application(load_settings()).run()
    except RefusedError as error:
        log.error("%s", error)  # noqa: TRY400 - a sentence for the user, who needs no trace
        if options.stay:
            _await_signal()
        return REFUSED
    except (QueryFailedError, SparkUnreachableError) as error:
        return _failed(str(error))
    except (ClientError, BotoCoreError) as error:
        return _failed(f"Kinesis: {error}")
    except PySparkException as error:
        return _failed(f"Spark: {cause(error)}")
    return DONE


def _await_signal() -> None:
    """Docker starts a container again whatever its exit code was."""
    numbers = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    signal.sigwait(numbers)


def _failed(reason: str) -> int:
    """Say why, and let some time pass: the supervisor starts the application again at once."""
    log.error("%s", reason)
    time.sleep(PAUSE_SECONDS)
    return FAILED


def _wait(options: argparse.Namespace, errors: Console) -> int:
    settings = load_settings()
    try:
        if options.stream and add_shared_stream(settings.lake, options.stream):
            errors.print(f"The speed layer takes the stream {options.stream} from now on.")
    except StreamNameError as error:
        errors.print(str(error), style="red")
        return FAILED
    backlogs, began = Backlogs(settings), datetime.now(UTC)
    deadline = time.monotonic() + options.seconds
    with errors.status("waiting for the speed tables") as status:
        while True:
            found = backlogs.all()
            if all(backlog.covers(began) for backlog in found):
                return DONE
            if time.monotonic() > deadline:
                break
            status.update(f"waiting for {_behind(found, began)}")
            time.sleep(POLL_SECONDS)
    errors.print(
        f"After {options.seconds:g} s the speed tables are not there yet: {_behind(found, began)}. "
        "`make status` shows whether `speed` runs, `make logs SERVICE=speed` what ails it.",
        style="red",
    )
    return FAILED


def _behind(backlogs: Sequence[Backlog], moment: datetime) -> str:
    late = [backlog for backlog in backlogs if not backlog.covers(moment)]
    now = datetime.now(UTC)
    return ", ".join(f"{backlog.table} ({backlog.lag(now):.1f} s behind)" for backlog in late)


def _status(options: argparse.Namespace, _: Console) -> int:
    settings, now = load_settings(), datetime.now(UTC)
    streams = is_streaming(settings.state_dir)
    found = Backlogs(settings).all()
    if options.format == "json":
        tables = {row.table: {"batch": row.batch, "lag": row.lag(now)} for row in found}
        text = json.dumps({"streaming": streams, "tables": tables})
        Console(soft_wrap=True).out(text, highlight=False)
    else:
        grid = Grid("table", "batch", "seconds behind", title="streaming" if streams else "stopped")
        for row in found:
            grid.add_row(row.table, str(row.batch), f"{row.lag(now):.1f}")
        Console().print(grid)
    return DONE if streams else FAILED


def _reset(options: argparse.Namespace, errors: Console) -> int:
    settings = load_settings()
    if is_streaming(settings.state_dir):
        errors.print("The application streams; `make down` first.", style="red")
        return FAILED
    if shared := shared_streams(settings.lake):
        errors.print(
            f"The tables also hold rows of {', '.join(shared)}, which a reset would lose. To build everything anew "
            f"from the streams, move the folders {settings.lake / 'speed'} and "
            f"{settings.lake / 'quarantine' / 'speed'} aside, then `make up`.",
            style="red",
        )
        return FAILED
    aside = guard.reset(settings, speed_tier(settings, BY_NAME[options.table]))
    errors.print(
        f"Moved to {aside}. The table is built anew from its stream at the next `make up`."
    )
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m spark_jobs.speed", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.set_defaults(run=_run, stay=False)
    commands = parser.add_subparsers(metavar="command")
    run = commands.add_parser("run", help="stream until SIGTERM (the default)")
    run.add_argument("--stay", action="store_true", help="when it is refused: wait for SIGTERM")
    run.set_defaults(run=_run)
    status = commands.add_parser("status", help="how far each table is behind its stream")
    status.add_argument("--format", choices=["table", "json"], default="table")
    status.set_defaults(run=_status)
    wait = commands.add_parser("wait", help="until all that is in the streams now is in the tables")
    wait.add_argument("--seconds", type=float, default=120.0, help="default: %(default)g")
    wait.add_argument(
        "--stream", metavar="NAME", help="take this stream with rows of all three tables, too"
    )
    wait.set_defaults(run=_wait)
    reset = commands.add_parser("reset", help="move a table and its checkpoint aside")
    reset.add_argument("--table", choices=sorted(BY_NAME), required=True)
    reset.set_defaults(run=_reset)
    return parser


if __name__ == "__main__":
    sys.exit(main())
