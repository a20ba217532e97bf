"""Posts that carry another user id: what a run says of them."""

from services.reroute.report.other_users import of_other_users, of_shared_streams

OURS, OTHER = "0a1b2c3d4e5f", "ffffffffffff"


def _said(*names: str, records: int = 1) -> str:
    return "\n".join(of_other_users(dict.fromkeys(names, records), OURS))


def test_topics_of_another_user_are_named_with_their_bucket_and_the_next_commands() -> None:
    """Once for all of that user's topics."""
    said = _said(f"{OTHER}.pin", f"{OTHER}.geo")
    assert said.count(f"user-{OTHER}-bucket") == 1
    for command in ("batch", "answers", "ledger"):
        assert f"`make {command} USER_ID={OTHER}`" in said


def test_streams_of_another_user_are_named_too() -> None:
    """They are kept, and the speed layer reads its own user's."""
    assert f"USER_ID={OTHER} in .env" in _said(f"streaming-{OTHER}-pin")


def test_nothing_is_said_of_our_own_of_shared_streams_and_of_what_was_refused() -> None:
    """There is nothing to do about them."""
    assert _said(f"{OURS}.pin", f"streaming-{OURS}-geo", "Kinesis-Prod-Stream") == ""
    assert _said(f"{OTHER}.pin", records=0) == ""


def test_a_stream_of_no_table_is_named_with_the_command_that_takes_it() -> None:
    """Once it has records; streams of a table, whoever's, are not shared ones."""
    records = {"Kinesis-Prod-Stream": 3, f"streaming-{OTHER}-pin": 1, "Typo": 0}
    (said,) = of_shared_streams(records, records)
    assert "`make speed STREAM=Kinesis-Prod-Stream`" in said
