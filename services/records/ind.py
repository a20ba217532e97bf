"""The row's key in a record's value, read the way that cleaning reads it."""

import re

import msgspec

NO_IND = -1
LARGEST = 2**31 - 1

_WHOLE = re.compile(rb'"?0*(\d{1,10})(\.0*)?"?')


class _Keys(msgspec.Struct):
    ind: msgspec.Raw = msgspec.Raw()
    index: msgspec.Raw = msgspec.Raw()


_decoder = msgspec.json.Decoder(_Keys)


def ind_of(value: bytes | str | None) -> int:
    """`ind`, else `index`; `NO_IND` when neither is a usable whole number."""
    try:
        keys = _decoder.decode(value or b"")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return NO_IND
    raw = next(
        (bytes(raw) for raw in (keys.ind, keys.index) if bytes(raw) not in {b"", b"null"}), b""
    )
    return _number(raw)


def _number(raw: bytes) -> int:
    found = _WHOLE.fullmatch(raw)
    try:
        number = float(found[1]) if found else float(raw.strip(b'"') or b"nan")
    except ValueError:
        return NO_IND
    return int(number) if 0 <= number <= LARGEST and number == number // 1 else NO_IND
