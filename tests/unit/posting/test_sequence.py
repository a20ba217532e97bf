from services.posting.sequence import drawn, split


def test_seed_100_begins_as_the_courses_emulator_does() -> None:
    """The course's own row numbers come first, so that N turns have one right answer."""
    assert drawn(100, 6) == [7528, 2863, 5730, 8304, 8731, 1313]


def test_a_longer_run_begins_with_the_shorter_one() -> None:
    """N turns are the first N of any longer run."""
    assert drawn(100, 1000)[:277] == drawn(100, 277)


def test_another_seed_gives_another_sequence() -> None:
    """The seed matters, and the rows stay in the course's range."""
    assert drawn(7, 500) != drawn(100, 500)
    assert all(0 <= row <= 11_000 for row in drawn(7, 500))


def test_split_deals_every_turn_to_exactly_one_part_in_rounds() -> None:
    """The parts taken round by round are the sequence again."""
    turns = drawn(100, 10)
    parts = split(turns, 3)
    assert [len(part) for part in parts] == [4, 3, 3]
    dealt = [parts[number % 3][number // 3] for number in range(10)]
    assert dealt == turns
