"""The values of a JSON array, one by one, whatever their line ends."""

import json
import re
from collections.abc import Iterator
from typing import TextIO

from services.source.formats.json.strict import loads, strict_decoder
from services.source.rows.raw_rows import UnreadableFileError
from services.source.rows.values import UnfitValueError

_PIECE = 1 << 16
LONGEST = 1 << 25
"""Characters that one value may have."""

_BETWEEN = re.compile(r"[\s,]*")


def array_values(start: str, file: TextIO) -> Iterator[tuple[int, object]]:
    """Yield each value of an array with the line it begins at.

    Args:
        start: What is read already; it begins with the bracket.
        file: The rest.

    Raises:
        UnreadableFileError: it is no JSON, or ends too early.
    """
    buffer, line = start[1:], 1
    decoder = strict_decoder()
    while True:
        blanks = _BETWEEN.match(buffer)
        end = blanks.end() if blanks else 0
        line += buffer.count("\n", 0, end)
        buffer = buffer[end:]
        if buffer.startswith("]"):
            return
        value, length, buffer = _value(decoder, buffer, file, line)
        yield line, value
        line += buffer.count("\n", 0, length)
        buffer = buffer[length:]


def _value(
    decoder: json.JSONDecoder, buffer: str, file: TextIO, line: int
) -> tuple[object, int, str]:
    """The value that the buffer begins with, its length, and the buffer with what had to be read for it."""
    ended = False
    while True:
        try:
            value, length = decoder.raw_decode(buffer)
        except (ValueError, RecursionError) as error:
            piece = "" if len(buffer) > LONGEST else file.read(max(_PIECE, len(buffer)))
            if not piece or isinstance(error, UnfitValueError | RecursionError):
                raise UnreadableFileError(
                    f"line {line}: not JSON, or cut short: {error}"
                ) from error
            buffer += piece
            continue
        if length < len(buffer) or ended:
            return value, length, buffer
        piece = file.read(_PIECE)  # a number may go on
        ended, buffer = not piece, buffer + piece


def whole_document(start: str, file: TextIO) -> object:
    """The one value of a file that cannot be read piece by piece.

    Raises:
        UnreadableFileError: it is no JSON, or too large.
    """
    text = start + file.read(LONGEST - len(start))
    if len(text) >= LONGEST:
        raise UnreadableFileError(
            f"it is one JSON object of more than {LONGEST:,} characters; "
            "write rows instead (pandas: orient='records', lines=True)"
        )
    try:
        return loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableFileError(f"not JSON: {error}") from error
