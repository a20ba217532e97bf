"""`python -m seed_data`: write the three tables as files."""

import argparse
import csv
import json
import sys
from pathlib import Path

from rich.console import Console

from seed_data.generator import DEFAULT_ROWS, DEFAULT_SEED, SOURCES, generate


def write_jsonl(path: Path, source: str, rows: int, seed: int) -> None:
    """Write one table, a JSON object a line."""
    with path.open("w", encoding="utf-8", newline="") as file:
        for row in generate(source, rows, seed):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def write_csv(path: Path, source: str, rows: int, seed: int) -> None:
    """Write one table as CSV with a header; fields that need it are quoted."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for number, row in enumerate(generate(source, rows, seed)):
            if number == 0:
                writer.writerow(row)
            writer.writerow(row.values())


_WRITERS = {"jsonl": write_jsonl, "csv": write_csv}


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number of rows; give 1 or more")
    return number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m seed_data", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")
    parser.add_argument(
        "--rows", type=_positive, default=DEFAULT_ROWS, help="rows per table (%(default)s)"
    )
    parser.add_argument(
        "--seed", type=int, default=DEFAULT_SEED, help="same seed, same bytes (%(default)s)"
    )
    parser.add_argument("--format", choices=_WRITERS, default="jsonl", help="(%(default)s)")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    options = _parser().parse_args(arguments)
    console = Console()
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        for source in SOURCES:
            path = options.out / f"{source}.{options.format}"
            _WRITERS[options.format](path, source, options.rows, options.seed)
            console.print(f"{path}: {options.rows:,} rows", soft_wrap=True, highlight=False)
    except OSError as error:
        Console(stderr=True).print(
            f"Cannot write to {options.out}: {error.strerror}.", soft_wrap=True
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
