"""`python -m services.s3_sink`: write the log's records to S3; `… wait`: until all are there."""

import argparse
import logging
import signal
import sys
import threading

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from services.listening import reason
from services.s3_sink.sink import Sink
from services.s3_sink.wait import WaitError, wait
from services.settings import Settings, load_settings
from services.terminal import Console

DONE, FAILED = 0, 1


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m services.s3_sink", description=__doc__)
    commands = parser.add_subparsers(dest="command", metavar="wait")
    waiting = commands.add_parser("wait", help="until all that is in the log now is in objects")
    waiting.add_argument("--timeout", type=float, default=300, help="seconds (default: 300)")
    options = parser.parse_args(argv)
    settings = load_settings()
    if options.command == "wait":
        return _wait(settings, options.timeout)
    return _serve(settings)


def _serve(settings: Settings) -> int:
    logging.basicConfig(format="s3_sink %(levelname)s %(message)s", level=logging.INFO)
    logging.getLogger("botocore").setLevel(logging.WARNING)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        Sink(settings, stop).run(settings.listen_host, settings.sink_port)
    except OSError as error:
        _complain(f"The sink: {reason(error, 'SINK_PORT')}")
        return FAILED
    return DONE


def _wait(settings: Settings, timeout: float) -> int:
    columns = (
        TextColumn("records in objects"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    try:
        with Progress(*columns, console=Console(stderr=True)) as progress:
            task = progress.add_task("wait", total=None)
            wait(
                settings, timeout, lambda done, of: progress.update(task, completed=done, total=of)
            )
    except WaitError as error:
        _complain(str(error))
        return FAILED
    return DONE


def _complain(text: str) -> None:
    Console(stderr=True).print(text, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
