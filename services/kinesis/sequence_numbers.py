"""Sequence numbers: 56 decimal digits made of the stream's creation time, the shard, the record's counter.

From the highest bit: a fixed head (2 bits wide, so that all numbers have 56 digits as AWS's have), the
stream's creation time in ms (48), the shard (32), the record's counter in the shard (64), zeros (40).
A number of another stream, or of one that was deleted and made again, is therefore recognised.
"""

import re
from dataclasses import dataclass
from functools import cached_property

_HEAD = 2 << 184
_CREATED_SHIFT, _SHARD_SHIFT, _COUNTER_SHIFT = 136, 104, 40
_STEP = 1 << _COUNTER_SHIFT
_SPAN = 1 << _SHARD_SHIFT
_NUMBER = re.compile(r"0|[1-9][0-9]{0,128}")


@dataclass(frozen=True)
class SequenceNumbers:
    """The sequence numbers of one shard; counter 0 is the shard's start and no record's."""

    created_ms: int
    shard: int

    @cached_property
    def first(self) -> int:
        return _HEAD | self.created_ms << _CREATED_SHIFT | self.shard << _SHARD_SHIFT

    def number(self, counter: int) -> str:
        return str(self.first + counter * _STEP)

    def numbers(self, counter: int, count: int) -> list[str]:
        """The sequence numbers of `count` records that follow each other."""
        first = self.first + counter * _STEP
        return [str(number) for number in range(first, first + count * _STEP, _STEP)]

    def at(self, text: str) -> int:
        """The counter of the first record whose number is not below this one.

        Raises:
            ValueError: it is no number of this shard.
        """
        return -(-self._offset(text) // _STEP)

    def after(self, text: str) -> int:
        """The counter of the first record whose number is above this one.

        Raises:
            ValueError: it is no number of this shard.
        """
        return self._offset(text) // _STEP + 1

    def _offset(self, text: str) -> int:
        if not _NUMBER.fullmatch(text):
            raise ValueError(f"{text[:140]!r} is not a sequence number")
        offset = int(text) - self.first
        if not 0 <= offset < _SPAN:
            raise ValueError(f"{text} is a number of another shard or stream")
        return offset
