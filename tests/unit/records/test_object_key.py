import pytest

from services.records.object_key import ObjectKey


def test_a_key_is_laid_out_as_confluents_sink_does() -> None:
    """The key names topic, partition and first offset, the offset padded to ten digits."""
    key = ObjectKey("0a1b2c3d4e5f.pin", 0, 42)
    assert str(key) == "topics/0a1b2c3d4e5f.pin/partition=0/0a1b2c3d4e5f.pin+0+0000000042.json"


@pytest.mark.parametrize("offset", [0, 9_999_999_999, 10_000_000_000])
def test_parsing_is_the_inverse_of_printing(offset: int) -> None:
    """Every key reads back, offsets of more than ten digits included."""
    key = ObjectKey("t.pin", 3, offset)
    assert ObjectKey.parse(str(key)) == key


@pytest.mark.parametrize(
    "key",
    [
        "topics/a/partition=0/b+0+0000000001.json",
        "topics/a/partition=0/a+1+0000000001.json",
        "topics/a/partition=0/a+0+1.json",
        "readme.txt",
    ],
)
def test_a_foreign_key_is_refused(key: str) -> None:
    """A key whose parts contradict each other, or that is no key of ours, raises ValueError."""
    with pytest.raises(ValueError, match="is not a key of the S3 sink"):
        ObjectKey.parse(key)
