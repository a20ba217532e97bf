"""The key that the ledger reads in a record."""

import pytest

from services.records.ind import NO_IND, ind_of


@pytest.mark.parametrize(
    ("value", "ind"),
    [
        (b'{"index":7528}', 7528),
        ('{"ind":7528}', 7528),
        (b'{"ind":null,"index":3}', 3),
        (b'{"ind":4,"index":3}', 4),
        (b'{"ind":"12"}', 12),
        (b'{"ind":12.0}', 12),
        (b'{"ind":1.2E4}', 12000),
        (b'{"ind":0}', 0),
        (b'{"ind":2147483647}', 2147483647),
        (b'{"ind":2147483648}', NO_IND),
        (b'{"ind":123456789012345678901234567890}', NO_IND),
        (b'{"ind":-1}', NO_IND),
        (b'{"ind":1.5}', NO_IND),
        (b'{"ind":"x"}', NO_IND),
        (b'{"ind":{}}', NO_IND),
        (b"{}", NO_IND),
        (b"null", NO_IND),
        (b"[1]", NO_IND),
        (b"\xff", NO_IND),
        (b"", NO_IND),
        (None, NO_IND),
    ],
)
def test_ind_is_read_as_cleaning_reads_it(value: bytes | str | None, ind: int) -> None:
    """`ind` before `index`; whole numbers from 0 to 2^31-1, written in any of the usual ways."""
    assert ind_of(value) == ind
