"""Packed files, known by their first bytes and not by their names."""

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast
from zipfile import BadZipFile, ZipFile

from services.source.formats.columnar import require_arrow
from services.source.rows.raw_rows import UnreadableFileError

ZIP = b"PK\x03\x04"
_WORKBOOK = "xl/workbook.xml"
_DEEPEST = 2
_HEAD = 1 << 12


def _unzstd(file: BinaryIO) -> BinaryIO:
    require_arrow()
    from pyarrow import input_stream  # noqa: PLC0415 - not in every container

    return cast(BinaryIO, input_stream(file, compression="zstd"))


_PACKINGS: dict[bytes, Callable[[BinaryIO], BinaryIO]] = {
    b"\x1f\x8b": lambda file: cast(BinaryIO, gzip.GzipFile(fileobj=file)),
    b"BZh": lambda file: cast(BinaryIO, bz2.BZ2File(file)),
    b"\xfd7zXZ\x00": lambda file: cast(BinaryIO, lzma.LZMAFile(file)),  # noqa: SIM115 - closed with the file below
    b"\x28\xb5\x2f\xfd": _unzstd,
}


def zip_members(path: Path) -> list[str]:
    """The files in a zip archive; empty if it is none.

    Raises:
        UnreadableFileError: it is a workbook of Excel, or damaged.
    """
    with path.open("rb") as file:
        if file.read(len(ZIP)) != ZIP:
            return []
    try:
        with ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist() if not info.is_dir()]
    except BadZipFile as error:
        raise UnreadableFileError(f"{path} cannot be read: {error}.") from error
    if _WORKBOOK in names:
        raise UnreadableFileError(
            f"{path} is a workbook of Excel; save each sheet as CSV UTF-8 (File, Save As), and load that."
        )
    return [name for name in names if not name.startswith("__MACOSX")]


@contextmanager
def unpacked(path: Path, member: str | None) -> Iterator[tuple[io.BufferedReader, BinaryIO]]:
    """Open a file, or one in an archive: its content unpacked, and the bytes on the disk.

    Raises:
        UnreadableFileError: it cannot be opened, or is damaged.
    """
    try:
        with path.open("rb") as raw:
            yield _opened(raw, member), raw
    except (OSError, EOFError, zlib.error, lzma.LZMAError, BadZipFile) as error:
        raise UnreadableFileError(f"it cannot be read: {error}") from error
    except RuntimeError as error:  # zipfile's way to ask for a password
        raise UnreadableFileError(f"it cannot be read: {error}") from error


def _opened(raw: BinaryIO, member: str | None) -> io.BufferedReader:
    inner = cast(BinaryIO, ZipFile(raw).open(member)) if member else raw  # noqa: SIM115
    content = _buffered(inner)
    for _ in range(_DEEPEST):
        head = content.peek(_HEAD)
        unpack = next((u for mark, u in _PACKINGS.items() if head.startswith(mark)), None)
        if unpack is None:
            break
        content = _buffered(unpack(cast(BinaryIO, content)))
    return content


def _buffered(file: BinaryIO) -> io.BufferedReader:
    if isinstance(file, io.BufferedReader):
        return file
    return io.BufferedReader(cast(io.RawIOBase, file), _HEAD * 4)
