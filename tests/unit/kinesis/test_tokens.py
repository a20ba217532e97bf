import base64

import pytest

from services.kinesis.tokens import ShardIterator, StreamPage, Tokens

TOKENS = Tokens(b"k" * 32)
PLACE = ShardIterator("stream", 1, 2, 3, 4)


def test_a_token_comes_back() -> None:
    """Also to another process that has the same key."""
    assert Tokens(b"k" * 32).open(TOKENS.seal(PLACE), ShardIterator) == PLACE


def test_the_longest_stream_name_fits_in_an_iterator() -> None:
    """Kinesis' model allows an iterator 512 characters."""
    assert len(TOKENS.seal(ShardIterator("s" * 128, 10**13, 10**9, 10**15, 10**13))) <= 512


def test_a_changed_token_is_recognised() -> None:
    """Each changed byte, a foreign key, and another kind of token are refused."""
    raw = base64.b64decode(TOKENS.seal(PLACE))
    texts = [
        base64.b64encode(raw[:i] + bytes([raw[i] ^ 1]) + raw[i + 1 :]).decode()
        for i in range(len(raw))
    ]
    foreign = Tokens(b"other").seal(PLACE)
    for text in [*texts, foreign, "abc", "", TOKENS.seal(StreamPage("a", 1))]:
        with pytest.raises(ValueError, match=r"not|another"):
            TOKENS.open(text, ShardIterator)
