"""`python -m services.posting`: the course's emulators."""

import argparse
from collections.abc import Callable, Sequence
from functools import partial

from services.posting.destinations.destination import SYSTEM_OF_LAYER, DestinationError
from services.posting.display import complain, progress, say, summarize
from services.posting.emulator import (
    DEFAULT_COUNT,
    EmptySourceError,
    Interrupts,
    PostingOptions,
    post,
    turns_to_post,
    worker_jobs,
)
from services.posting.routes import check_destinations
from services.records.journal import JournalError
from services.records.layer import Layer
from services.settings import Settings, load_settings
from services.source.database_errors import SourceError
from services.terminal import Console

MOST_PROCESSES = 64
MOST_BATCH = 10_000
INTERRUPTED = 130

_COMMANDS = {"batch": (Layer.BATCH,), "speed": (Layer.SPEED,), "both": tuple(Layer)}
"""What a command posts to."""


def main(arguments: list[str] | None = None) -> int:
    parsed = _parser().parse_args(arguments)
    errors = Console(stderr=True)
    try:
        return _post(load_settings(), parsed.layers, _options(parsed), Console(), errors)
    except (DestinationError, EmptySourceError, JournalError, SourceError) as error:
        say(errors, str(error), "red")
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


def _post(
    settings: Settings,
    layers: Sequence[Layer],
    options: PostingOptions,
    output: Console,
    errors: Console,
) -> int:
    """Post to these layers through the gateway, and print the result."""
    check_destinations(settings, layers)
    turns = turns_to_post(settings, options)
    jobs = worker_jobs(settings, options, turns, layers)
    interrupts = Interrupts()
    with progress(output, len(turns)) as show:
        result = post(jobs, interrupts, show, partial(say, output))
    summarize(output, result, layers, [route.journal for job in jobs for route in job.routes])
    complain(errors, result)
    return 1 if result.failed else interrupts.exit_code


def _options(parsed: argparse.Namespace) -> PostingOptions:
    return PostingOptions(
        count=parsed.count,
        sequential=parsed.sequential,
        seed=parsed.seed,
        rate=parsed.rate,
        processes=parsed.processes,
        batch=parsed.batch_size,
        deadline=parsed.deadline,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m services.posting",
        description="Post rows of the source to the gateway, as the course's emulators do.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, layers in _COMMANDS.items():
        where = " and ".join(SYSTEM_OF_LAYER[layer] for layer in layers)
        command = commands.add_parser(
            name,
            help=f"to {where}, one row of each of the three tables a turn",
            description=f"Post one row of each of the three tables a turn, to {where} through the "
            "gateway. Every outcome goes into a journal under the state folder. Exit code 1: a "
            "record could not be delivered; 130 or 143: stopped by Ctrl-C or SIGTERM, everything "
            "sent is settled.",
        )
        command.set_defaults(layers=layers)
        _add_options(command)
    return parser


def _add_options(parser: argparse.ArgumentParser) -> None:
    default = PostingOptions()
    add = parser.add_argument
    add(
        "--count",
        type=_whole(0),
        metavar="N",
        help=f"turns ({DEFAULT_COUNT}; with --sequential: all)",
    )
    add("--sequential", action="store_true", help="every key in order, not the course's draws")
    add("--seed", type=int, default=default.seed, metavar="S", help="of the draws (%(default)s)")
    add(
        "--rate",
        type=_number(0.0),
        default=default.rate,
        metavar="R",
        help="turns a second over all processes; 0 is as fast as possible (%(default)g)",
    )
    add(
        "--processes",
        type=_whole(1, MOST_PROCESSES),
        default=default.processes,
        metavar="P",
        help="that post side by side (%(default)s)",
    )
    add(
        "--batch-size",
        type=_whole(1, MOST_BATCH),
        default=default.batch,
        metavar="B",
        help="most turns whose records travel together, when several are due (%(default)s)",
    )
    add(
        "--deadline",
        type=_number(0.0),
        default=default.deadline,
        metavar="SECONDS",
        help="for which a record is tried before it counts as failed (%(default)g)",
    )


def _whole(least: int, most: int | None = None) -> Callable[[str], int]:
    """A whole number of the command line, within bounds."""

    def parse(text: str) -> int:
        number = int(text)
        if number < least or (most is not None and number > most):
            bounds = f"at least {least}" if most is None else f"{least} to {most}"
            raise argparse.ArgumentTypeError(f"{number} is not {bounds}")
        return number

    parse.__name__ = "whole number"
    return parse


def _number(least: float) -> Callable[[str], float]:
    """A finite number of the command line, with a lower bound."""

    def parse(text: str) -> float:
        number = float(text)
        if not least <= number < float("inf"):
            raise argparse.ArgumentTypeError(f"{text} is not a number from {least:g} up")
        return number

    parse.__name__ = "number"
    return parse
