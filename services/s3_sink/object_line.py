"""A record's value → its line in an object.

The JSON is made compact without parsing a number or an escape, so every digit stays. What is no
JSON travels as `{"_base64":"…"}`; so does an object whose own first key is `_base64`, or the two
could not be told apart.

Strict beyond the grammar, because readers downstream are: invalid UTF-8, a byte order mark, lone
surrogate escapes, NaN and more than `MAX_DEPTH` levels count as no JSON.
"""

from binascii import b2a_base64

import msgspec

WRAPPER = "_base64"

MAX_DEPTH = 500
"""Levels of nesting; the parser's own limit depends on the caller's stack, and a line must not."""

_MAYBE_WRAPPER = (b'{"_', b'{"\\')
_members = msgspec.json.Decoder(dict[str, msgspec.Raw])


def to_line(value: bytes | None) -> bytes:
    """The record's one line, with its line feed; null for a record without a value."""
    if value is None:
        return b"null\n"
    try:
        line: bytes = msgspec.json.format(value, indent=-1)
        line.decode()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _wrapped(value)
    if line.startswith(_MAYBE_WRAPPER) and _is_wrapper(line):
        return _wrapped(value)
    if line.count(b"[") + line.count(b"{") > MAX_DEPTH and _depth(line) > MAX_DEPTH:
        return _wrapped(value)
    return line + b"\n"


def _wrapped(value: bytes) -> bytes:
    return b'{"%b":"%b"}\n' % (WRAPPER.encode(), b2a_base64(value, newline=False))


def _is_wrapper(line: bytes) -> bool:
    return next(iter(_members.decode(line)), None) == WRAPPER


def _depth(line: bytes) -> int:
    """Deepest nesting of compact JSON; brackets inside texts do not count."""
    deepest = depth = 0
    quoted = escaped = False
    for byte in line:
        if quoted:
            quoted = escaped or byte != ord('"')
            escaped = not escaped and byte == ord("\\")
        elif byte == ord('"'):
            quoted = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest
