import json

import pytest

from services.records import kinesis_api as api


def _message(*faults: str) -> str:
    with pytest.raises(api.KinesisError) as caught:
        api.require(faults)
    assert caught.value.type_name == "ValidationException"
    return caught.value.message


def test_an_error_has_kinesis_shape() -> None:
    """The body is AWS's, the status 400 unless it is said."""
    error = api.stream_not_found("x")
    assert error.status == 400
    assert json.loads(error.body()) == {
        "__type": "ResourceNotFoundException",
        "message": "Stream x under account 000000000000 not found.",
    }


def test_one_fault_and_several_are_worded_as_aws_does() -> None:
    """Several are joined in one message with their number."""
    empty = api.length_faults("partitionKey", "", 256)
    assert _message(*empty) == (
        "1 validation error detected: Value '' at 'partitionKey' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1"
    )
    both = _message(*empty, *api.stream_name_faults(None))
    assert both.startswith("2 validation errors detected: ")
    assert both.endswith(
        "; Value null at 'streamName' failed to satisfy constraint: Member must not be null"
    )


@pytest.mark.parametrize("name", [None, "", "bad name!", "x" * 129, "a/b", "é", "a\n"])
def test_names_that_no_stream_can_have(name: str | None) -> None:
    """They are refused before anybody looks for the stream."""
    with pytest.raises(api.KinesisError, match="streamName"):
        api.check_stream_name(name)


@pytest.mark.parametrize("name", ["a", "streaming-0a1b2c3d4e5f-pin", "A.b_c-9", "x" * 128])
def test_names_that_a_stream_can_have(name: str) -> None:
    """Letters, digits, point, dash and underscore, up to 128."""
    api.check_stream_name(name)


@pytest.mark.parametrize(
    ("key", "size"),
    [(None, 1), ("", 1), ("k" * 257, 1), ("k", None), ("k", 1_048_576), ("ключ", 1_048_569)],
)
def test_records_that_kinesis_refuses(key: str | None, size: int | None) -> None:
    """No key, a long key, no data, and more than 1 MiB of data and key, alone or in a batch."""
    with pytest.raises(api.KinesisError) as caught:
        api.check_record(key, size)
    assert caught.value.type_name == "ValidationException"
    with pytest.raises(api.KinesisError, match=r"records\.2\.member"):
        api.check_batch([("k", 1), (key, size)])


@pytest.mark.parametrize(
    ("key", "size"), [("k", 0), ("k", 1_048_575), ("é" * 256, 1), ("ключ", 1_048_568)]
)
def test_records_that_kinesis_takes(key: str, size: int) -> None:
    """Up to 256 characters of key, and 1 MiB with the key in bytes."""
    api.check_record(key, size)
    api.check_batch([(key, size)])


@pytest.mark.parametrize(("count", "taken"), [(0, False), (1, True), (500, True), (501, False)])
def test_a_batch_has_one_to_five_hundred_records(count: int, *, taken: bool) -> None:
    """Others are refused as a whole."""
    if taken:
        api.check_batch([("k", 1)] * count)
        return
    with pytest.raises(api.KinesisError, match="'records'"):
        api.check_batch([("k", 1)] * count)


def test_a_batch_has_ten_mebibytes_at_most() -> None:
    """Keys count too."""
    api.check_batch([("k", 1_048_575)] * 10)
    with pytest.raises(api.KinesisError, match="exceeds 10 MiB"):
        api.check_batch([("k", 1_048_575)] * 10 + [("k", 0)])


@pytest.mark.parametrize("name", [".", "..", "a/b", "a\n", "ä"])
def test_a_streams_name_is_no_path(name: str) -> None:
    """Gateway and engine refuse what is no folder's name."""
    with pytest.raises(api.KinesisError, match="ValidationException"):
        api.check_stream_name(name)
    api.check_stream_name("...")
