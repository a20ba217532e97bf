"""Records that the Kinesis Producer Library aggregated: one Kinesis record that holds several user records.

A magic number, a protobuf message `AggregatedRecord`, and the MD5 of that message. This reader stands twice, here and
in `services/records`, which this source does not import; a unit test holds both to the same results.
"""

import hashlib
from collections.abc import Iterator

UserRecord = tuple[str, bytes]
"""Partition key and data."""

MAGIC = b"\xf3\x89\x9a\xc2"
_DIGEST_BYTES = 16

_VARINT, _LENGTH_DELIMITED = 0, 2
_FIXED_BYTES = {1: 8, 5: 4}

_PARTITION_KEY, _HASH_KEY, _RECORD = 0x0A, 0x12, 0x1A
"""Tags of `AggregatedRecord`: the numbers 1, 2 and 3, each with a length."""

_KEY_INDEX, _HASH_KEY_INDEX, _DATA = 0x08, 0x10, 0x1A
"""Tags of `Record`, in it."""

_KEY_CHARACTERS = 256
_KEYS_TO_RECORD = 16
_KEYS_AT_LEAST = 64 * 1024
"""A key stands once in the message and is repeated for each user record: at most so many characters come out."""


def user_records(data: bytes) -> list[UserRecord] | None:
    """The user records in their order, one at least; None for a record that is not aggregated, or a broken one."""
    message, digest = data[len(MAGIC) : -_DIGEST_BYTES], data[-_DIGEST_BYTES:]
    if not data.startswith(MAGIC) or not message:
        return None
    if hashlib.md5(message, usedforsecurity=False).digest() != digest:
        return None
    try:
        found = _unpacked(message)
    except (ValueError, LookupError):
        return None
    most = max(_KEYS_AT_LEAST, _KEYS_TO_RECORD * len(data))
    return found if found and sum(len(key) for key, _ in found) <= most else None


def _unpacked(message: bytes) -> list[UserRecord]:
    keys: list[str] = []
    hash_keys = 0
    records: list[bytes] = []
    for tag, _, content in _fields(message):
        if tag == _PARTITION_KEY:
            keys.append(_key(content))
        elif tag == _HASH_KEY:
            hash_keys += 1
        elif tag == _RECORD:
            records.append(content)
    return [_user_record(record, keys, hash_keys) for record in records]


def _key(content: bytes) -> str:
    key = content.decode()
    if len(key) > _KEY_CHARACTERS:
        raise ValueError(key)
    return key


def _user_record(record: bytes, keys: list[str], hash_keys: int) -> UserRecord:
    index, hash_index, data = None, -1, None
    for tag, number, content in _fields(record):
        if tag == _KEY_INDEX:
            index = number
        elif tag == _HASH_KEY_INDEX:
            hash_index = number
        elif tag == _DATA:
            data = content
    if index is None or data is None or hash_index >= hash_keys:
        raise ValueError(record)
    return keys[index], data


def _fields(message: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Tag, number and content of each field; a field has one of the two, and unknown ones are the caller's to skip."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        kind, number, size = tag & 7, 0, 0
        if kind == _VARINT:
            number, at = _varint(message, at)
        elif kind == _LENGTH_DELIMITED:
            size, at = _varint(message, at)
        else:
            size = _FIXED_BYTES[kind]
        content = message[at : at + size]
        if len(content) < size or not tag >> 3:
            raise ValueError(message)
        at += size
        yield tag, number, content


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """The number at a place, and the place behind it."""
    value = 0
    for length, byte in enumerate(message[at : at + 10]):
        value |= (byte & 0x7F) << (7 * length)
        if not byte & 0x80:
            return value, at + length + 1
    raise ValueError(message)
