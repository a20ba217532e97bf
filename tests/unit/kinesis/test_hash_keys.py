from itertools import pairwise

import pytest

from services.kinesis.hash_keys import HashRange, even_ranges, hash_key
from services.records.kinesis_api import HASH_SPACE


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("partition-1", 198019941650871988756153596255032211816),
        ("p", 174832678556295648811075566251100652666),
        ("some key", 272920532051804358254284401303063794804),
    ],
)
def test_a_key_has_the_place_that_aws_gives_it(key: str, expected: int) -> None:
    """The known answers of the contract."""
    assert hash_key(key) == expected


@pytest.mark.parametrize("count", [1, 2, 4, 5])
def test_ranges_cover_the_hash_space_without_a_gap(count: int) -> None:
    """Neighbours touch, all but the last have the same width, and the ends are the space's."""
    ranges = even_ranges(count)
    assert len(ranges) == count
    assert (ranges[0].start, ranges[-1].end) == (0, HASH_SPACE - 1)
    assert all(low.end + 1 == high.start for low, high in pairwise(ranges))
    assert {keys.end - keys.start + 1 for keys in ranges[:-1]} <= {HASH_SPACE // count}


def test_both_ends_belong_to_a_range() -> None:
    """A range is closed, as Kinesis' are."""
    keys = HashRange(5, 7)
    assert [key in keys for key in (4, 5, 7, 8)] == [False, True, True, False]
