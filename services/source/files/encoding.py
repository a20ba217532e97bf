"""In which encoding a text is."""

import codecs

from services.source.rows.raw_rows import UnreadableFileError

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""UTF-32's mark in little-endian order begins with UTF-16's."""

_LOOKED_AT = 256


def encoding_of(head: bytes, said: str | None) -> str:
    """The encoding that the first bytes show, or the user says; else UTF-8.

    Raises:
        UnreadableFileError: it is a binary file.
    """
    marked = next((name for mark, name in _MARKS.items() if head.startswith(mark)), None)
    if marked or said:
        return marked or said or ""
    head = head[:_LOOKED_AT]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd and not even:
        return "utf-16-le"
    if even and not odd:
        return "utf-16-be"
    if even and odd:
        raise UnreadableFileError("it is no text, and in no form that is read")
    return "utf-8-sig"
