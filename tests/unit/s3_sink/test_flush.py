"""When a file is closed, and where the next begins."""

import pytest

from services.s3_sink.flush import FlushPolicy, Partition, PartitionBuffer

PIN = Partition("0a1b2c3d4e5f.pin", 0)
NEVER = 1e9


def _buffer(
    records: int = 10, size: int = 1000, seconds: float = 5.0, first: int = 0
) -> PartitionBuffer:
    return PartitionBuffer(PIN, first, FlushPolicy(records, size, seconds))


def _fill(buffer: PartitionBuffer, *offsets: int, now: float = 0.0) -> PartitionBuffer:
    for offset in offsets:
        buffer.append(offset, b"%d\n" % offset, now)
    return buffer


def test_a_file_closes_at_its_number_of_records() -> None:
    """Flush size 3: two lines stay open, the third closes."""
    buffer = _fill(_buffer(records=3), 0, 1)
    assert not buffer.should_flush()
    assert _fill(buffer, 2).should_flush()


def test_a_file_closes_at_its_bytes() -> None:
    """Six bytes are three lines here."""
    assert not _fill(_buffer(size=6), 0, 1).should_flush()
    assert _fill(_buffer(size=6), 0, 1, 2).should_flush()


def test_a_file_closes_so_long_after_its_first_record() -> None:
    """The clock starts with the first record, not the last, and not for an empty file."""
    buffer = _buffer(seconds=5)
    assert not buffer.should_rotate(NEVER)
    _fill(buffer, 0, now=100)
    _fill(buffer, 1, now=104)
    assert not buffer.should_rotate(104.9)
    assert buffer.should_rotate(105)


def test_a_planned_file_closes_only_as_planned() -> None:
    """A file that was in the manifest before the crash is made again, whatever count and clock say."""
    buffer = _buffer(records=2)
    buffer.planned = 4
    _fill(buffer, 0, 1, 2)
    assert not buffer.should_flush()
    assert not buffer.should_rotate(NEVER)
    assert _fill(buffer, 3).should_flush()


def test_a_gap_in_the_log_breaks_the_file() -> None:
    """First offset + line number is always the offset."""
    buffer = _fill(_buffer(first=7), 7, 8)
    assert not buffer.is_gap(9)
    assert buffer.is_gap(10)
    buffer.advance(buffer.file().end)
    assert not buffer.is_gap(10)
    assert _fill(buffer, 10).file().first == 10


@pytest.mark.parametrize(
    ("end", "first", "left"),
    [(3, 3, [b"3\n", b"4\n"]), (5, 5, []), (9, 9, [])],
)
def test_the_next_file_begins_where_the_object_ends(
    end: int, first: int, left: list[bytes]
) -> None:
    """A shorter object leaves lines over; a longer one moves the position beyond what was read."""
    buffer = _fill(_buffer(), 0, 1, 2, 3, 4)
    buffer.advance(end)
    assert (buffer.first, buffer.file().lines) == (first, left)


def test_keys_have_ten_digits_or_more() -> None:
    """Offsets beyond ten digits make the name longer."""
    assert _buffer(first=42).file().key.endswith("/0a1b2c3d4e5f.pin+0+0000000042.json")
    assert _buffer(first=12_345_678_901).file().key.endswith("+12345678901.json")
