"""`python -m services.source`: load the source tables, or get a new database ready."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from seed_data import DEFAULT_ROWS, DEFAULT_SEED
from services.settings import Settings, load_settings
from services.source.database_errors import SourceError
from services.source.engine import owner_engine
from services.source.files.finding import find_files
from services.source.load import load_parts
from services.source.load_options import LoadOptions, delimiter, encoding, flag, table_name
from services.source.load_report import LoadReport
from services.source.parts import Part, file_part
from services.source.progress_bar import progress_bar
from services.source.provision import provision, seed_parts
from services.source.rows.raw_rows import UnreadableFileError
from services.tables import TABLES
from services.terminal import Console


def _print(console: Console, text: str) -> None:
    console.print(text, soft_wrap=True)


def _print_rejected(report: LoadReport, errors: Console) -> None:
    if report.rejected_file is None:
        return
    for name, rejected in report.first_rejected:
        _print(errors, f"rejected: {name}, line {rejected.line}: {rejected.reason}")
    if report.rejected > len(report.first_rejected):
        _print(errors, f"… and {report.rejected - len(report.first_rejected):,} more")
    _print(
        errors, f"Warning: {report.rejected:,} rows rejected; all of them: {report.rejected_file}"
    )


def _print_report(report: LoadReport, output: Console, errors: Console) -> None:
    _print_rejected(report, errors)
    for table in TABLES:
        done = report.tables.get(table)
        if done is None:
            _print(output, f"{table.source}: not in the data, left as it was")
        elif done.loaded:
            _print(
                output, f"{table.source}: {done.loaded:,} rows loaded, {done.rejected:,} rejected"
            )
        else:
            _print(output, f"{table.source}: no row to load, left as it was")


def _parts(options: argparse.Namespace) -> list[Part]:
    if options.data is None:
        return seed_parts(rows=options.rows, seed=options.seed)
    return [file_part(file, _said(options)) for file in find_files(options.data, _said(options))]


def _said(options: argparse.Namespace) -> LoadOptions:
    return LoadOptions(
        delimiter=options.delimiter,
        encoding=options.encoding,
        database=options.database or None,
        table=options.table,
        day_first=options.dayfirst,
    )


def _load(settings: Settings, options: argparse.Namespace) -> int:
    output, errors = Console(), Console(stderr=True)
    parts = _parts(options)
    engine = owner_engine(settings)
    try:
        with progress_bar("Loading", sum(part.size for part in parts), errors) as progress:
            report = load_parts(engine, parts, settings.state_dir, progress, _said(options))
    finally:
        engine.dispose()
    _print_report(report, output, errors)
    if not report.loaded:
        _print(errors, "Nothing could be loaded; the tables are as they were.")
    return 0 if report.loaded else 1


def _provision(settings: Settings, _: argparse.Namespace) -> int:
    output = Console()
    engine = owner_engine(settings)
    size = DEFAULT_ROWS * len(TABLES)
    try:
        with progress_bar("Inventing rows", size, Console(stderr=True)) as progress:
            created, report = provision(engine, settings.state_dir, progress)
    finally:
        engine.dispose()
    for table in created:
        _print(output, f"{table.source}: created")
    for table, done in report.tables.items():
        _print(output, f"{table.source}: {done.loaded:,} invented rows loaded, seed {DEFAULT_SEED}")
    if not created and not report.tables:
        _print(output, "The source is ready; nothing to do.")
    return 0


def _path(text: str) -> Path | None:
    """An empty text is no path: `make load` without DATA passes one."""
    return Path(text).expanduser() if text else None


_DECIDING = (
    (
        "table",
        table_name,
        "whose rows a file has: pin, geo or user; without it, its name or columns say so",
    ),
    ("database", str, "which database of a dump that holds several"),
    ("delimiter", delimiter, "between the fields of a CSV file: a character, or tab"),
    ("encoding", encoding, "of the text, where it is not UTF-8 or UTF-16: cp1252, latin-1, …"),
    ("dayfirst", flag, "1: in 01/02/2023 the day is first, 0: the month is"),
)
"""Options that decide what the data leaves open."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.source", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    load = commands.add_parser("load", help="replace the tables' rows")
    load.add_argument(
        "--data",
        type=_path,
        metavar="PATH",
        help="SQL dump, CSV, JSON or Parquet file, Delta table, or folder with pinterest_data.csv, "
        "geolocation_data.jsonl, …; without it, invented rows",
    )
    for name, read, what in _DECIDING:
        load.add_argument(f"--{name}", type=read, metavar=name.upper(), help=what)
    load.add_argument(
        "--rows", type=int, default=DEFAULT_ROWS, help="invented rows a table (%(default)s)"
    )
    load.add_argument(
        "--seed", type=int, default=DEFAULT_SEED, help="of the invented rows (%(default)s)"
    )
    load.set_defaults(run=_load)
    ready = commands.add_parser("provision", help="create missing tables and fill empty ones")
    ready.set_defaults(run=_provision)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    options = _parser().parse_args(arguments)
    errors = Console(stderr=True)
    run: Callable[[Settings, argparse.Namespace], int] = options.run
    try:
        return run(load_settings(), options)
    except (SourceError, UnreadableFileError) as error:
        _print(errors, str(error))
        return 1
    except KeyboardInterrupt:
        _print(errors, "Stopped. A table changes only when all its rows are there.")
        return 130


if __name__ == "__main__":
    sys.exit(main())
