"""From a produce body to the records' bytes."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.gateway.kafka.produce_body import KafkaRecord, decode_records
from services.gateway.media import Format
from services.gateway.refused_request import RefusalError

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abü🎉"), inner),
)  # fmt: skip


@settings(deadline=None, max_examples=50)
@given(st.lists(JSON_VALUES, min_size=1), st.sampled_from([None, 2]), st.booleans())
def test_any_json_value_is_kept_byte_for_byte(
    values: list[object],
    indent: int | None,
    ascii_only: bool,  # noqa: FBT001, drawn
) -> None:
    """Whatever the spacing and escaping, the record is the client's text; null is null."""
    texts = [json.dumps(value, indent=indent, ensure_ascii=ascii_only) for value in values]
    body = '{"records": [' + ", ".join(f'{{"value" : {text} }}' for text in texts) + "]}"
    stored = [record.value for record in decode_records(body.encode(), Format.JSON)]
    assert stored == [None if text == "null" else text.encode() for text in texts]


@settings(deadline=None)
@given(st.binary())
def test_any_bytes_are_records_or_a_refusal(body: bytes) -> None:
    """No body makes anything but records or an RefusalError of the 400 family."""
    for format_ in Format:
        assert _status(body, format_) in {200, 400, 422}


def _status(body: bytes, format_: Format) -> int:
    try:
        return 200 if decode_records(body, format_) else 500
    except RefusalError as error:
        return error.status


def test_the_url_s_partition_is_the_default() -> None:
    """A record's own partition wins, as a number or as text."""
    body = b'{"records":[{},{"partition":2},{"partition":"3"},{"partition":null}]}'
    records = decode_records(body, Format.JSON, partition=7)
    assert [record.partition for record in records] == [7, 2, 3, 7]


def test_schema_fields_pass_unread() -> None:
    """They belong to other formats."""
    body = b'{"key_schema":"x","value_schema_id":5,"value_schema":{},"records":[{"value":1}]}'
    assert decode_records(body, Format.JSON) == [KafkaRecord(None, b"1", None)]


@pytest.mark.parametrize("name", ["foo", "a`b", 'q"', "\n", "🎉", "` - at `$.x`"])
def test_the_unknown_field_is_named(name: str) -> None:
    """The message is read out of msgspec's; a strange name must not break that."""
    body = json.dumps({"records": [{"value": 1, name: 2}]}).encode()
    with pytest.raises(RefusalError, match="Unrecognized field") as caught:
        decode_records(body, Format.JSON)
    assert caught.value.status == 422


def test_the_size_is_key_and_value() -> None:
    """What the limit of one record counts."""
    assert KafkaRecord(b"key", b"value", None).size == 8
    assert KafkaRecord(None, None, None).size == 0
