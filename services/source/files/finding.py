"""Finds the files of a load."""

import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from services.source.files.data_file import DataFile
from services.source.files.packing import zip_members
from services.source.load_options import NO_OPTIONS, LoadOptions
from services.source.rows.raw_rows import UnreadableFileError
from services.tables import TABLES, Table

_PACKED = (".gz", ".bz2", ".xz", ".zst", ".zip")
_DUMP = ".sql"
_ENDINGS = (
    ".csv",
    ".tsv",
    ".txt",
    ".json",
    ".jsonl",
    ".ndjson",
    ".parquet",
    ".pq",
)
_REFUSED = (".xml", ".xlsx", ".xls")
"""Taken where a table has no other file, so that the refusal says why."""

_BY_SOURCE = {table.source: table for table in TABLES}
_LOOSE = re.compile(
    rf"(?:.*[^a-z])?({'|'.join(_BY_SOURCE)})(?:[\s_.-]*\(?\d[\d\s_:t-]*\)?|\s*-\s*sheet ?\d+)?"
)
"""A table's name behind that of its database, before a time (DBeaver) or a number (a second download)."""

_DELTA_LOG, _PART = "_delta_log", "part-"
_SHELL = "@.json"


def find_files(data: Path, options: LoadOptions = NO_OPTIONS) -> list[DataFile]:
    """List the files to load.

    Args:
        data: A file, which may have any name; or a folder with files and folders named after the
            tables, whose others are left alone.
        options: What the user says about them.

    Raises:
        UnreadableFileError: there is nothing to load.
    """
    if not data.exists():
        raise UnreadableFileError(f"{data} does not exist.")
    files = _in_folder(data, options) if data.is_dir() else _single(data, options)
    if not files:
        raise UnreadableFileError(f"{data} holds nothing to load. {_expected()}")
    return files


def _expected() -> str:
    names = ", ".join(f"{table.source}.csv" for table in TABLES)
    return (
        f"Wanted: {names} (or .json, .jsonl, .parquet, or folders of parts with these names), "
        "or an SQL dump (.sql); each may be packed (.gz, .bz2, .xz, .zst, .zip)."
    )


def _single(path: Path, options: LoadOptions) -> list[DataFile]:
    members = zip_members(path)
    if len(members) == 1:
        return [_file(path, options, members[0])]
    if members:
        return _chosen(path, [PurePosixPath(member) for member in members], options)
    return [_file(path, options)]


def _file(path: Path, options: LoadOptions, member: str | None = None) -> DataFile:
    """A file that the user names: what it holds decides where its name says nothing."""
    stem, suffix = _parts(PurePosixPath(member or path.name).name)
    named = None if suffix == _DUMP else options.table or _BY_SOURCE.get(stem) or _loose(stem)
    return DataFile(path, suffix, named, member=member)


def _in_folder(folder: Path, options: LoadOptions) -> list[DataFile]:
    if (folder / _SHELL).exists():
        raise UnreadableFileError(
            f"{folder} is a dump of MySQL Shell; make one with mysqldump (or mysqlsh's dumpTables with "
            "dialect 'csv'), and load that."
        )
    if whole := _table_folder(folder, options.table or _loose(folder.name.lower())):
        return whole
    entries = sorted(folder.iterdir())
    files = _chosen(None, [path for path in entries if path.is_file()], options)
    for path in entries:
        stem, _ = _parts(path.name)
        if path.is_dir() and stem in _BY_SOURCE:
            files += _table_folder(path, _BY_SOURCE[stem])
    return files


def _table_folder(folder: Path, table: Table | None) -> list[DataFile]:
    """A Delta table, or the parts that Spark writes of one table."""
    if (folder / _DELTA_LOG).is_dir():
        return [DataFile(folder, _DELTA_LOG, table)]
    parts = sorted(path for path in folder.iterdir() if path.name.startswith(_PART))
    return [DataFile(part, _parts(part.name)[1], table, group=folder) for part in parts]


def _chosen(
    archive: Path | None, paths: Iterable[Path | PurePosixPath], options: LoadOptions
) -> list[DataFile]:
    """The files whose names say what they are; exact names go before those that only hold one."""
    exact: list[DataFile] = []
    loose: list[DataFile] = []
    for path in paths:
        stem, suffix = _parts(path.name)
        place = archive or Path(path)
        member = str(path) if archive else None
        if suffix == _DUMP:
            exact.append(DataFile(place, suffix, None, member=member))
        elif suffix in _ENDINGS and stem in _BY_SOURCE:
            exact.append(DataFile(place, suffix, _BY_SOURCE[stem], member=member))
        elif suffix in (*_ENDINGS, *_REFUSED) and (table := _loose(stem)):
            loose.append(DataFile(place, suffix, table, member=member))
    known = {file.table for file in exact}
    found = exact + [file for file in loose if file.table not in known]
    return [file for file in found if file.table in (None, options.table or file.table)]


def _loose(stem: str) -> Table | None:
    match = _LOOSE.fullmatch(stem)
    return _BY_SOURCE[match[1]] if match else None


def _parts(name: str) -> tuple[str, str]:
    """A file's name in small letters, without its packing: stem and ending."""
    lower = name.lower()
    for packing in _PACKED:
        lower = lower.removesuffix(packing)
    stem, dot, ending = lower.rpartition(".")
    return (stem, dot + ending) if stem else (lower, "")
