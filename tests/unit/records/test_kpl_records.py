"""Records that the Kinesis Producer Library aggregated, by both of their readers."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.records import kpl_records
from spark_jobs.data_sources.pyspark_kinesis import kpl_records as of_the_source
from tests.support.kpl import MAGIC, aggregated, number, sealed, text, varint

KEYS = text(1, b"a") + text(1, b"b")
ONE = number(1, 0) + text(3, b"one")

USER_RECORDS = st.lists(st.tuples(st.text(max_size=20), st.binary(max_size=200)), min_size=1)
FIELDS = st.one_of(
    st.builds(text, st.integers(0, 5), st.binary(max_size=20)),
    st.builds(number, st.integers(0, 5), st.integers(0, 2**64 - 1)),
    st.just(KEYS),
    st.just(text(3, ONE)),
    st.binary(max_size=4),
)

Read = Callable[[bytes], list[tuple[str, bytes]] | None]


@pytest.fixture(params=[kpl_records, of_the_source], ids=["ledger", "source"])
def read(request: pytest.FixtureRequest) -> Read:
    """One of the two readers."""
    found: Read = request.param.user_records
    return found


@given(USER_RECORDS)
def test_what_was_aggregated_comes_out_again(records: list[tuple[str, bytes]]) -> None:
    """In order, each with its own partition key; by both readers."""
    data = aggregated(records)
    assert kpl_records.user_records(data) == records
    assert of_the_source.user_records(data) == records


@pytest.mark.parametrize(
    "message",
    [
        text(3, ONE) + KEYS,
        KEYS + text(3, ONE + text(4, text(1, b"tag"))),
        KEYS + number(9, 7) + text(3, ONE) + varint(10 << 3 | 1) + bytes(8),
        KEYS + text(2, b"170141183460469231731687303715884105728") + text(3, ONE + number(2, 0)),
    ],
    ids=["tables behind", "tags", "unknown fields", "explicit hash key"],
)
def test_what_else_a_message_may_hold(read: Read, message: bytes) -> None:
    """Fields in any order, tags, hash keys, and fields of later versions."""
    assert read(sealed(message)) == [("a", b"one")]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b'{"ind": 1}',
        MAGIC,
        MAGIC + bytes(20),
        sealed(b""),
        sealed(KEYS),
        aggregated([("a", b"one")])[:-1],
        sealed(KEYS + text(3, ONE))[:-1] + b"\0",
        sealed((KEYS + text(3, ONE))[:-1]),
        sealed(KEYS + text(3, number(1, 2) + text(3, b"one"))),
        sealed(KEYS + text(3, number(1, 2**64 - 1) + text(3, b"one"))),
        sealed(KEYS + text(3, ONE + number(2, 0))),
        sealed(KEYS + text(3, text(3, b"one"))),
        sealed(KEYS + text(3, number(1, 0))),
        sealed(text(1, b"\xff") + text(3, ONE)),
        sealed(text(1, b"k" * 257) + text(3, ONE)),
        sealed(KEYS + varint(4 << 3 | 3) + text(3, ONE)),
        sealed(KEYS + text(3, ONE) + b"\xff" * 11),
    ],
)
def test_any_other_record_is_left_as_it_is(read: Read, data: bytes) -> None:
    """No magic number, another MD5, cut off, empty, an index out of its table, no key, no data, no text."""
    assert read(data) is None


def test_keys_are_not_multiplied_without_end(read: Read) -> None:
    """A small record that would come out as a hundred times its size is left as it is."""
    records = [("k" * 256, b"")] * 10_000
    assert read(aggregated(records)) is None
    assert read(aggregated(records[:200])) == records[:200]


@given(st.one_of(st.binary(), st.lists(FIELDS).map(b"".join).map(sealed)))
def test_garbage_is_no_error_and_both_readers_agree(data: bytes) -> None:
    """Whatever stands behind the magic number, and under the right MD5."""
    found = kpl_records.user_records(data)
    assert found == of_the_source.user_records(data)
    assert found is None or all(content in data for _, content in found)
