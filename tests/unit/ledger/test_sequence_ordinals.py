"""Sequence numbers: compared as integers, whatever their length, and told as they are."""

import numpy as np

from services.ledger.finding import Fault, Finding, RecordSource
from services.ledger.offsets import offsets
from services.ledger.sequence_ordinals import SequenceOrdinals
from services.ledger.shard_records import (
    ShardRecords,
    ShardRecordsBuilder,
    by_shard,
    last_read,
    merged,
    size,
)

STREAM = "streaming-0a1b2c3d4e5f-pin"
LONG = 10**128
A, B = "shardId-000000000000", "shardId-000000000001"


def _records(*numbers: int) -> ShardRecords:
    gathered = ShardRecordsBuilder()
    for number in numbers:
        gathered.add(str(number), number % 1000)
    return gathered.records()


def test_numbers_stand_in_the_order_of_integers() -> None:
    """9 is before 10, and 129 digits are after 56: no comparison of texts."""
    known = {A: _records(LONG, 10, 10**55, 9, 0)}
    ordinals = SequenceOrdinals(STREAM, known)
    places, inds = ordinals.pairs(known)[0]
    assert places.tolist() == [0, 1, 2, 3, 4]
    assert inds.tolist() == [0, 9, 10, 0, 0]
    told = [
        ordinals.named(Finding(Fault.LOST, RecordSource(STREAM, 0), n, 1, "", "")) for n in range(5)
    ]
    assert [found.first for found in told] == [0, 9, 10, 10**55, LONG]


def test_a_finding_names_its_shard_and_number() -> None:
    """An ordinal means nothing to people."""
    ordinals = SequenceOrdinals(STREAM, {B: _records(496500)}, {A: _records(1)})
    told = ordinals.named(
        Finding(Fault.LOST, RecordSource(STREAM, 1), 0, 1, "acked → kinesis", "Look.")
    )
    assert str(told) == (
        f"1 lost at acked → kinesis; the first is stream {STREAM}, {B}, sequence number 496500. Look."
    )


def test_hops_of_different_widths_and_repeats() -> None:
    """What one hop knows of a shard has its ordinal in all; what occurs twice stands there twice."""
    kinesis, table = {A: _records(8, 9, 10, 11)}, {A: _records(9, 9, 100)}
    ordinals = SequenceOrdinals(STREAM, kinesis, table)
    assert ordinals.hop(kinesis)[0].tolist() == [0, 1, 2, 3]
    assert ordinals.hop(table)[0].tolist() == [1, 1, 4]
    assert ordinals.ends() == {0: 5}
    assert size(merged(kinesis, table)) == 7


def test_progress_need_not_be_a_record_of_any_hop() -> None:
    """A number that retention has trimmed, or that lies far ahead, has an ordinal too."""
    kinesis, after = {A: _records(10, 20, 30)}, {A: 25, B: 7}
    ordinals = SequenceOrdinals(STREAM, kinesis, last_read(after))
    assert ordinals.hop(kinesis)[0].tolist() == [0, 1, 3]
    read = ordinals.hop(last_read(after))
    assert {shard: found.tolist() for shard, found in read.items()} == {0: [2], 1: [0]}


def test_many_records_are_gathered_in_chunks() -> None:
    """None is lost between two chunks, and the numbers keep their inds."""
    found = _records(*range(25_001))
    assert len(found) == 25_001
    assert (found.inds == np.arange(25_001) % 1000).all()


def test_columns_become_shards() -> None:
    """Three columns of a table, split by shard."""
    found = by_shard([A, B, A], ["1", "2", "3"], offsets([5, 6, 7]))
    assert {shard: records.numbers.tolist() for shard, records in found.items()} == {
        A: [b"1", b"3"],
        B: [b"2"],
    }
    assert by_shard([], [], []) == {}


def test_a_shard_without_records_has_no_places() -> None:
    """A stream that nobody has written to yet: its shards are there, and empty."""
    empty = {"shardId-000000000000": ShardRecords()}
    ordinals = SequenceOrdinals("s", {}, empty)
    assert ordinals.hop(empty)[0].tolist() == []
    assert ordinals.ends() == {0: 0}
