"""Aggregated records, written as the Kinesis Producer Library writes them."""

import hashlib
from collections.abc import Sequence

MAGIC = b"\xf3\x89\x9a\xc2"


def aggregated(records: Sequence[tuple[str, bytes]], hash_keys: Sequence[str] = ()) -> bytes:
    """One Kinesis record's data; a key that occurs again stands in the table once.

    Args:
        records: Partition key and data of each user record.
        hash_keys: Explicit hash keys, of the first records.
    """
    keys = list(dict.fromkeys(key for key, _ in records))
    message = b"".join(text(1, key.encode()) for key in keys)
    message += b"".join(text(2, key.encode()) for key in hash_keys)
    for place, (key, data) in enumerate(records):
        hash_index = number(2, place) if place < len(hash_keys) else b""
        message += text(3, number(1, keys.index(key)) + hash_index + text(3, data))
    return sealed(message)


def sealed(message: bytes) -> bytes:
    """Magic number, message and its MD5."""
    return MAGIC + message + hashlib.md5(message, usedforsecurity=False).digest()


def text(field: int, content: bytes) -> bytes:
    """A protobuf field with a length."""
    return varint(field << 3 | 2) + varint(len(content)) + content


def number(field: int, value: int) -> bytes:
    """A protobuf field with a whole number."""
    return varint(field << 3) + varint(value)


def varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + varint(rest) if rest else bytes([low])
