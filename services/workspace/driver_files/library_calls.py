"""Libraries that open files by C code, which asks none of Python's calls: their own calls take paths below `/dbfs`."""

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from types import ModuleType
from typing import Any

from services.workspace.driver_files.places import DbfsPlaces, Effect, Need, Place, as_written

Call = Callable[..., Any]

_POLARS_WRITES = ("csv", "parquet", "json", "ndjson", "ipc", "avro", "delta", "excel")

CALLS: dict[str, tuple[str, ...]] = {
    "cv2": ("imread", "imwrite", "VideoCapture"),
    "deltalake": ("write_deltalake", "DeltaTable"),
    "duckdb": ("connect", "read_csv", "read_json", "read_parquet"),
    "h5py": ("File",),
    "importlib.util": ("spec_from_file_location",),
    "PIL.ImageFont": ("truetype",),
    "polars": (
        *("read_csv", "read_parquet", "read_json", "read_ndjson", "read_ipc", "read_delta"),
        *("scan_csv", "scan_parquet", "scan_ndjson", "scan_ipc", "scan_delta"),
        *(f"DataFrame.write_{kind}" for kind in _POLARS_WRITES),
        *(f"LazyFrame.sink_{kind}" for kind in _POLARS_WRITES),
    ),
    "pyarrow": ("OSFile", "memory_map", "create_memory_map", "input_stream", "output_stream"),
    "pyarrow.csv": ("read_csv", "open_csv", "write_csv"),
    "pyarrow.dataset": ("dataset", "parquet_dataset", "write_dataset"),
    "pyarrow.feather": ("read_feather", "read_table", "write_feather"),
    "pyarrow.json": ("read_json", "open_json"),
    "pyarrow.orc": ("read_table", "write_table", "ORCFile"),
    "pyarrow.parquet": (
        *("read_table", "read_pandas", "read_metadata", "read_schema"),
        *("write_table", "write_metadata", "write_to_dataset"),
        *("ParquetFile", "ParquetDataset", "ParquetWriter"),
    ),
    "sqlite3": ("connect",),
    "sqlite3.dbapi2": ("connect",),
    "tables": ("open_file",),
}
"""Module → its calls that take paths; classes among them take them when they are made."""

_IN_PLACE = {
    "duckdb.connect": "w",
    "h5py.File": "r",
    "pyarrow.parquet.ParquetWriter": "w",
    "sqlite3.connect": "w",
    "sqlite3.dbapi2.connect": "w",
    "tables.open_file": "r",
}
"""Calls whose result goes on writing into the file → the mode when none is given."""

_MODES = {"r", "r+", "w", "w-", "a", "x"}
_MARK = "__knows_dbfs__"


def adapt(module: ModuleType, places: DbfsPlaces) -> None:
    """Let a module's calls know `/dbfs`; what the module does not have is left out."""
    for call in CALLS[module.__name__]:
        owner, name = _owner(module, call)
        original = getattr(owner, name, None)
        if callable(original) and not hasattr(original, _MARK):
            setattr(owner, name, _knowing(original, places, f"{module.__name__}.{call}"))


def _owner(module: ModuleType, call: str) -> tuple[Any, str]:
    """What holds a call, and its name there: a class's own is how it is made."""
    holder, _, name = call.rpartition(".")
    owner: Any = getattr(module, holder, None) if holder else module
    found = getattr(owner, name, None)
    if isinstance(found, type) and "__init__" in vars(found):
        return found, "__init__"
    return owner, name


def _knowing(original: Call, places: DbfsPlaces, call: str) -> Call:
    @wraps(original)
    def run(*args: Any, **named: Any) -> Any:
        found: list[Place] = []
        args = tuple(_on_disk(value, places, found) for value in args)
        named = {name: _on_disk(value, places, found) for name, value in named.items()}
        if not found:
            return original(*args, **named)
        _refuse_open_writes(call, found, [*args, *named.values()])
        with changes_kept(places, found), _naming(found):
            return original(*args, **named)

    setattr(run, _MARK, True)
    return run


def _refuse_open_writes(call: str, found: list[Place], values: list[Any]) -> None:
    """Refuse what would never reach S3.

    Raises:
        OSError: a file below a mount is to be written in place.
    """
    given = (value for value in values if isinstance(value, str) and value in _MODES)
    mode = next(given, _IN_PLACE.get(call, "r"))
    mounted = next((place for place in found if place.mounted), None)
    if call in _IN_PLACE and mode != "r" and mounted:
        raise OSError(
            errno.EOPNOTSUPP,
            f"{call} writes into an open file, which S3 cannot hold: open it below /dbfs/FileStore or /tmp, "
            "and copy it here when it is closed",
            mounted.written,
        )


def _on_disk(value: Any, places: DbfsPlaces, found: list[Place]) -> Any:
    if isinstance(value, list | tuple) and any(places.dbfs_path(v) for v in value if _is_path(v)):
        return [_on_disk(item, places, found) for item in value]
    place = places.place(value, Need.CONTENT) if _is_path(value) else None
    if place is None:
        return value
    found.append(place)
    return place.real


def _is_path(value: Any) -> bool:
    return isinstance(value, str | os.PathLike)


@contextmanager
def changes_kept(places: DbfsPlaces, found: list[Place]) -> Iterator[None]:
    """Let S3 have the files that code other than Python's has written to local copies meanwhile, or removed."""
    mounted = [place for place in found if place.mounted]
    before = {place: _files(place) for place in mounted}
    yield
    for place in mounted:
        after = _files(place)
        for dbfs in [path for path in before[place] if path not in after]:
            places.copies.remove(dbfs)
        for dbfs in [path for path, seen in after.items() if before[place].get(path) != seen]:
            places.settle(Place(place.written, dbfs, "", mounted=True), Effect.WRITTEN)


def _files(place: Place) -> dict[str, tuple[int, int]]:
    """Path in DBFS of each file at or below a place → when it was written, and its size."""
    top = Path(place.real)
    below = [top] if top.is_file() else [file for file in top.rglob("*") if file.is_file()]
    seen = {file: file.stat() for file in below}
    return {
        (place.dbfs + str(file)[len(place.real) :]): (status.st_mtime_ns, status.st_size)
        for file, status in seen.items()
    }


@contextmanager
def _naming(found: list[Place]) -> Iterator[None]:
    """Errors of these libraries hold paths in their text."""
    try:
        with as_written(found[0].written):
            yield
    except Exception as error:
        error.args = tuple(_named(item, found) for item in error.args)
        if isinstance(error, OSError):
            error.strerror = _named(error.strerror, found)
        raise


def _named(text: Any, found: list[Place]) -> Any:
    if isinstance(text, str):
        for place in found:
            text = text.replace(place.real, os.fsdecode(place.written))
    return text


def adapt_loaded(places: DbfsPlaces) -> None:
    """Adapt those that are loaded already."""
    for name in CALLS:
        if name in sys.modules:
            adapt(sys.modules[name], places)
