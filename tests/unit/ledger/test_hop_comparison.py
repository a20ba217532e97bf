"""Comparing hops: lost, doubled, pending, foreign."""

import numpy as np
import pytest

from services.ledger.finding import Fault
from services.ledger.hop_comparison import Hop, acked_in, compare, same_records, union
from services.ledger.offsets import offsets, offsets_of_ranges

TOPIC = "0a1b2c3d4e5f.pin"
LOG = Hop("log", {0: offsets_of_ranges([(0, 10)])}, {0: 10})


def _objects(*ranges: tuple[int, int], progress: int | None = None) -> Hop:
    end = max((end for _, end in ranges), default=0) if progress is None else progress
    return Hop("objects", {0: offsets_of_ranges(ranges)}, {0: end})


def test_two_hops_that_agree_have_no_finding() -> None:
    """Every offset once, nothing pending."""
    found = compare(TOPIC, LOG, _objects((0, 4), (4, 10)), {})
    assert (found.findings, found.pending) == ([], 0)


@pytest.mark.parametrize(
    ("ranges", "fault", "first", "records"),
    [
        (((0, 4), (6, 10)), Fault.LOST, 4, 2),
        (((1, 10),), Fault.LOST, 0, 1),
        (((0, 6), (5, 10)), Fault.DOUBLED, 5, 1),
        (((0, 10), (0, 10), (0, 10)), Fault.DOUBLED, 0, 20),
        (((0, 12),), Fault.DOUBLED, 10, 2),
    ],
)
def test_a_hole_a_repeat_and_a_stranger_are_named(
    ranges: tuple[tuple[int, int], ...], fault: Fault, first: int, records: int
) -> None:
    """The finding counts the records and names the first offset."""
    (found,) = compare(TOPIC, LOG, _objects(*ranges), {}).findings
    assert (found.fault, found.source.partition, found.first, found.records) == (
        fault,
        0,
        first,
        records,
    )
    assert f"{TOPIC}, partition 0, offset {first}" in str(found)


@pytest.mark.parametrize(
    ("below", "fault", "first", "records"),
    [
        ([0, 1, 1, 2], Fault.LOST, 1, 1),
        ([0, 2], Fault.LOST, 1, 3),
        ([0, 1, 1, 1, 1, 1, 2], Fault.DOUBLED, 1, 2),
        ([0, 0, 1, 1, 1, 2], Fault.DOUBLED, 0, 1),
    ],
)
def test_an_offset_that_stands_for_several_records(
    below: list[int], fault: Fault, first: int, records: int
) -> None:
    """It is wanted as often as it is above: fewer are lost, more are doubled, each counted."""
    upper = Hop("kinesis", {0: offsets([0, 1, 1, 1, 2])})
    assert compare(TOPIC, upper, Hop("speed", upper.held, {0: 3}), {}).findings == []
    (found,) = compare(TOPIC, upper, Hop("speed", {0: offsets(below)}, {0: 3}), {}).findings
    assert (found.fault, found.first, found.records) == (fault, first, records)


def test_what_lies_beyond_the_progress_is_pending() -> None:
    """Four records have not come to objects yet: that is no loss."""
    found = compare(TOPIC, LOG, _objects((0, 6)), {})
    assert (found.findings, found.pending) == ([], 4)


def test_a_partition_that_nobody_has_read_is_pending() -> None:
    """No object at all: ten records pending."""
    found = compare(TOPIC, LOG, Hop("objects"), {})
    assert (found.findings, found.pending) == ([], 10)


def test_progress_beyond_the_rows_is_a_loss() -> None:
    """The table says that it took the last offset, and does not have it."""
    (found,) = compare(TOPIC, LOG, _objects((0, 9), progress=10), {}).findings
    assert (found.fault, found.first) == (Fault.LOST, 9)


def test_what_retention_dropped_is_history() -> None:
    """Objects below the log's beginning are neither foreign nor missing."""
    log = Hop("log", {0: offsets_of_ranges([(5, 10)])}, {0: 10})
    found = compare(TOPIC, log, _objects((0, 10)), {0: 5})
    assert (found.findings, found.pending) == ([], 0)


def test_a_lost_object_is_not_bronzes_fault() -> None:
    """Bronze is compared with the log and the objects together."""
    bronze = Hop("bronze", {0: offsets_of_ranges([(0, 10)])}, {0: 10})
    found = compare(TOPIC, union(LOG, _objects((0, 3), progress=3)), bronze, {})
    assert found.findings == []


def test_an_acked_record_that_is_not_in_the_log_is_lost() -> None:
    """Beyond the log's end is lost; before its beginning is retention's doing."""
    log = Hop("log", {0: offsets_of_ranges([(5, 10)])})
    acked = Hop("acked", {0: offsets([1, 5, 9, 10, 11])})
    (found,) = acked_in(TOPIC, acked, log, {0: 5}).findings
    assert (found.fault, found.first, found.records) == (Fault.LOST, 10, 2)


def test_two_acks_for_one_offset_are_a_loss() -> None:
    """One record cannot stand for two."""
    (found,) = acked_in(TOPIC, Hop("acked", {0: offsets([3, 3])}), LOG, {}).findings
    assert (found.fault, found.where, found.first) == (Fault.LOST, "acked twice", 3)


def test_another_row_at_an_acked_offset_is_a_loss() -> None:
    """The log must hold the very row that was acked."""
    log = {0: (np.arange(10), np.arange(10) * 100)}
    right = {0: (np.array([7, 2]), np.array([700, 200]))}
    wrong = {0: (np.array([7, 2]), np.array([700, 201]))}
    assert same_records(TOPIC, right, log, "acked ≠ log") == []
    (found,) = same_records(TOPIC, wrong, log, "acked ≠ log")
    assert (found.fault, found.first) == (Fault.LOST, 2)


@pytest.mark.parametrize(
    ("ours", "wrong"),
    [
        ([(1, 5), (1, 6), (1, 7)], []),
        ([(1, 7), (1, 5)], []),
        ([(1, 5), (1, 5), (1, 6), (1, 7)], []),
        ([(1, 5), (1, 6), (1, 8)], [1]),
        ([(1, 5), (1, 5), (1, 7)], [1]),
        ([(1, 5), (2, 5)], [2]),
        ([(9, 5)], []),
    ],
)
def test_rows_that_share_an_offset(ours: list[tuple[int, int]], wrong: list[int]) -> None:
    """In any order; one too many is doubled, but one in another's place is another row."""
    log = {0: (np.array([1, 1, 1, 2]), np.array([6, 5, 7, 1]))}
    pairs = {0: (np.array([o for o, _ in ours]), np.array([i for _, i in ours]))}
    assert [found.first for found in same_records(TOPIC, pairs, log, "speed ≠ kinesis")] == wrong
