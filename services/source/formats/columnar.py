"""Rows of Parquet files and of Delta tables."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from services.source.rows.column_names import source_names, table_of
from services.source.rows.raw_rows import RawRow, RawRows, UnreadableFileError
from services.source.rows.values import quote_value
from services.tables import Table

_BATCH = 4096


def require_arrow() -> None:
    """Refuse where the library that reads these files is not there.

    Raises:
        UnreadableFileError: this is a container without it.
    """
    if find_spec("pyarrow") is None:
        raise UnreadableFileError(
            "this container has no pyarrow, which reads it; write it as CSV, or use RUNTIME=native"
        )


def parquet_rows(table: Table | None, path: Path) -> RawRows:
    """Read the rows of one Parquet file; a row's line is its number.

    Raises:
        UnreadableFileError: it is damaged, or its columns are no table's.
    """
    require_arrow()
    from pyarrow import ArrowException  # noqa: PLC0415 - not in every container
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415

    try:
        with ParquetFile(path) as file:
            yield from _batch_rows(table, file.schema_arrow.names, file.iter_batches(_BATCH))
    except (ArrowException, OSError) as error:
        raise UnreadableFileError(f"it cannot be read as Parquet: {error}") from error


def delta_rows(table: Table | None, path: Path) -> RawRows:
    """Read the rows of the newest version of a Delta table; a row's line is its number.

    Raises:
        UnreadableFileError: it is damaged, or its columns are no table's.
    """
    require_arrow()
    from deltalake import DeltaTable  # noqa: PLC0415 - not in every container
    from deltalake.exceptions import DeltaError  # noqa: PLC0415
    from pyarrow import ArrowException  # noqa: PLC0415

    try:
        dataset = DeltaTable(str(path)).to_pyarrow_dataset()
        batches = dataset.to_batches(batch_size=_BATCH)
        yield from _batch_rows(table, dataset.schema.names, batches)
    except (DeltaError, ArrowException, OSError) as error:
        raise UnreadableFileError(f"it cannot be read as a Delta table: {error}") from error


def _batch_rows(table: Table | None, names: list[str], batches: Iterator[Any]) -> RawRows:
    whose = table or table_of(names)
    if whose is None:
        raise UnreadableFileError(
            f"no table has the columns {', '.join(map(quote_value, names))}; "
            "say whose they are with TABLE=pin, geo or user"
        )
    ours = source_names(whose, names)
    line = 0
    for batch in batches:
        for values in batch.to_pylist():
            line += 1
            pairs = zip(ours, values.values(), strict=True)
            yield RawRow(whose, line, {name: value for name, value in pairs if name})
