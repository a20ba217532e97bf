"""Which topics the sink takes, and whose they are."""

import pytest

from services.s3_sink.flush import Partition
from services.s3_sink.sunk_topics import SunkTopics
from services.settings import Settings, SettingsError, load_settings


@pytest.mark.parametrize(
    ("topic", "is_sunk"),
    [
        ("0a1b2c3d4e5f.pin", True),
        ("ffffffffffff.geo", True),
        ("ffffffffffff.other", False),
        ("ffffffffffff.s3-objects", False),
        ("fffffffffff.pin", False),
        ("xyzxyzxyzxyz.pin", False),
        ("pin", False),
    ],
)
def test_the_three_topics_of_any_user_are_sunk(topic: str, *, is_sunk: bool) -> None:
    """And no other, by default."""
    assert (topic in SunkTopics(Settings())) is is_sunk


def test_a_wider_pattern_takes_more_but_never_a_manifest() -> None:
    """A topic without a user id has no bucket; the manifest's is ours."""
    sunk = SunkTopics(Settings(sink_topics_regex=".*"))
    names = ("ffffffffffff.other", "ffffffffffff.s3-objects", "other")
    assert [name in sunk for name in names] == [True, False, False]


def test_each_partition_knows_its_users_bucket() -> None:
    """The id stands before the first dot."""
    assert Partition("ffffffffffff.pin", 3).bucket == "user-ffffffffffff-bucket"


def test_a_pattern_that_is_none_is_refused() -> None:
    """With the setting's name."""
    with pytest.raises(SettingsError, match="SINK_TOPICS_REGEX"):
        load_settings(sink_topics_regex="(")
