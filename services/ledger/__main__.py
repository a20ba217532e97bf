"""`python -m services.ledger`: count every record at every hop; exit code 1 when one is lost or doubled."""

import argparse
import logging
import sys

from rich.console import Console

from services.ledger.batch import batch_layer
from services.ledger.errors import LedgerError
from services.ledger.report import Layers, all_findings, show, to_json
from services.settings import load_settings

DONE, FAILED = 0, 1


def main(argv: list[str] | None = None) -> int:
    """Print the ledger; see the module's docstring for the exit code."""
    parser = argparse.ArgumentParser(prog="python -m services.ledger", description=__doc__)
    parser.add_argument("--format", choices=("table", "json"), default="table")
    options = parser.parse_args(argv)
    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # LedgerError says it once
    errors = Console(stderr=True)
    try:
        layers: Layers = {"batch": batch_layer(load_settings())}
    except LedgerError as error:
        errors.print(str(error), markup=False, highlight=False, soft_wrap=True)
        return FAILED
    findings = all_findings(layers)
    if options.format == "table":
        show(layers, Console())
    else:
        Console(soft_wrap=True).print(to_json(layers), markup=False, highlight=False)
        for text in findings:
            errors.print(text, markup=False, highlight=False, soft_wrap=True)
    return FAILED if findings else DONE


if __name__ == "__main__":
    sys.exit(main())
