"""`python -m services.ledger`: count every record at every hop; exit code 1 when one is lost, doubled or unlike."""

import argparse
import logging
import sys

from services.ledger.batch_layer import batch_layer
from services.ledger.errors import LedgerError
from services.ledger.report import Ledger, show, to_json
from services.ledger.speed_layer import speed_layer
from services.ledger.view_comparison import compare_views
from services.settings import Settings, load_settings
from services.terminal import Console

DONE, FAILED = 0, 1


def main(argv: list[str] | None = None) -> int:
    """Print the ledger; see the module's docstring for the exit code."""
    parser = argparse.ArgumentParser(prog="python -m services.ledger", description=__doc__)
    parser.add_argument("--format", choices=("table", "json"), default="table")
    options = parser.parse_args(argv)
    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # LedgerError says it once
    errors = Console(stderr=True)
    try:
        ledger = read_ledger(load_settings())
    except LedgerError as error:
        errors.print(str(error), soft_wrap=True)
        return FAILED
    findings = ledger.findings()
    if options.format == "table":
        show(ledger, Console())
    else:
        Console(soft_wrap=True).print(to_json(ledger))
        for text in findings:
            errors.print(text, soft_wrap=True)
    return FAILED if findings else DONE


def read_ledger(settings: Settings) -> Ledger:
    """Read both layers, then compare them.

    Raises:
        LedgerError: a system cannot be read.
    """
    layers = {"batch": batch_layer(settings), "speed": speed_layer(settings)}
    return Ledger(layers, compare_views(settings))


if __name__ == "__main__":
    sys.exit(main())
