import pytest

from services.kinesis.sequence_numbers import SequenceNumbers

CREATED_MS = 1_795_269_611_614
NUMBERS = SequenceNumbers(CREATED_MS, 3)


@pytest.mark.parametrize("counter", [0, 1, 10**12])
def test_a_number_looks_like_one_of_aws(counter: int) -> None:
    """It has 56 digits and begins with 49."""
    number = NUMBERS.number(counter)
    assert len(number) == 56
    assert number.startswith("49")


def test_numbers_grow_with_the_counter() -> None:
    """Compared as integers, a later record has the greater number."""
    numbers = [int(number) for number in NUMBERS.numbers(1, 1000)]
    assert numbers == sorted(set(numbers))
    assert numbers[7] == int(NUMBERS.number(8))


def test_a_child_begins_above_its_parent() -> None:
    """A shard with a later index has greater numbers, whatever was written to the earlier one."""
    assert int(SequenceNumbers(CREATED_MS, 4).number(0)) > int(NUMBERS.number(2**63))


def test_at_and_after_find_the_counter() -> None:
    """AT begins with the record itself, AFTER with the next one; between two records both mean the later."""
    number = NUMBERS.number(5)
    assert (NUMBERS.at(number), NUMBERS.after(number)) == (5, 6)
    between = str(int(number) + 1)
    assert (NUMBERS.at(between), NUMBERS.after(between)) == (6, 6)


@pytest.mark.parametrize(
    "number",
    [
        SequenceNumbers(CREATED_MS, 2).number(1),
        SequenceNumbers(CREATED_MS, 4).number(1),
        SequenceNumbers(CREATED_MS + 1, 3).number(1),
        "0",
        "1",
        "",
        "-5",
        "٣",
        "9" * 129,
        "x",
    ],
)
def test_a_number_of_another_shard_or_stream_is_refused(number: str) -> None:
    """Numbers of neighbours, of a stream made again, and texts that are none are recognised."""
    with pytest.raises(ValueError, match="number"):
        NUMBERS.at(number)
