"""From a partition key to a hash key; hash key ranges, and the hash space divided evenly."""

from hashlib import md5
from itertools import pairwise
from typing import NamedTuple

from services.records.kinesis_api import HASH_SPACE


class HashRange(NamedTuple):
    """Hash keys from `start` to `end`, both included."""

    start: int
    end: int

    def __contains__(self, key: object) -> bool:
        return isinstance(key, int) and self.start <= key <= self.end


def hash_key(partition_key: str) -> int:
    """MD5 of the key's UTF-8, as an unsigned big-endian number of 128 bits."""
    digest = md5(partition_key.encode(errors="surrogatepass"), usedforsecurity=False).digest()
    return int.from_bytes(digest, "big")


def even_ranges(count: int) -> list[HashRange]:
    """The hash space in so many parts of equal width; the last takes what is left over."""
    width = HASH_SPACE // count
    edges = [width * index for index in range(count)] + [HASH_SPACE]
    return [HashRange(start, end - 1) for start, end in pairwise(edges)]
