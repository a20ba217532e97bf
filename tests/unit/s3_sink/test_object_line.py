"""A record's value and its line."""

import base64
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.s3_sink.object_line import MAX_DEPTH, to_line

_texts = st.text(st.characters(codec="utf-8"), max_size=20)
_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | _texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_texts, inner, max_size=4),
    max_leaves=20,
)


def _digits(text: str | bytes) -> Any:
    """Parsed JSON in which numbers are their own text."""
    return json.loads(text, parse_int=lambda n: f"int {n}", parse_float=lambda n: f"float {n}")


@given(value=_values, indent=st.sampled_from([None, 0, 2, "\t"]), ascii_only=st.booleans())
def test_a_line_means_what_the_value_meant(value: Any, indent: Any, ascii_only: bool) -> None:  # noqa: FBT001 -- drawn by hypothesis
    """However a value is laid out, its line parses to the same, digit by digit, on one line."""
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    line = to_line(text.encode())
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    if not line.startswith(b'{"_base64"'):
        assert _digits(line) == _digits(text)
        assert line == to_line(line[:-1])


@given(st.binary(max_size=200))
def test_any_bytes_become_one_line_of_json(value: bytes) -> None:
    """No bytes can break the line or the sink."""
    line = to_line(value)
    assert line.count(b"\n") == 1
    json.loads(line.decode())


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (None, b"null\n"),
        (b"null", b"null\n"),
        (b'{"a":1}', b'{"a":1}\n'),
        (b' {\r\n "a" :\t1 } ', b'{"a":1}\n'),
        (b'{"n":123456789012345678901234567890}', b'{"n":123456789012345678901234567890}\n'),
        (b'{"n": 1.10e+400}', b'{"n":1.10e+400}\n'),
        (b'{"t": "a  b\\n\\u00e9\\/"}', b'{"t":"a  b\\n\\u00e9\\/"}\n'),
        (b'{"a":1,"a":2}', b'{"a":1,"a":2}\n'),
        (b'{"a":1,"_base64":"eA=="}', b'{"a":1,"_base64":"eA=="}\n'),
        ('{"t":"\u2028🎉 سلام"}'.encode(), '{"t":"\u2028🎉 سلام"}\n'.encode()),
        (b'{"_":1}', b'{"_":1}\n'),
        (b"17", b"17\n"),
    ],
)
def test_json_keeps_its_digits_and_escapes(value: bytes | None, line: bytes) -> None:
    """Only white space between tokens goes."""
    assert to_line(value) == line


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b" ",
        b"hello",
        b'{"a":',
        b'{"a":1}{"a":2}',
        b'{"a":NaN}',
        b"-Infinity",
        b'{"a":"\xff"}',
        b'{"a":"\xed\xa0\x80"}',
        b'{"a":"\x00"}',
        b'{"a":"\\ud800"}',
        b"\xef\xbb\xbf{}",
        b"01",
        b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
        b"[" * 100_000 + b"]" * 100_000,
        b'{"_base64":"eA=="}',
        b'{ "_base64" : 1, "a": 2}',
        b'{"\\u005fbase64":"eA=="}',
    ],
)
def test_what_is_no_json_travels_in_base64(value: bytes) -> None:
    """Its bytes come out as they went in; so do an object's that looks like the wrapper itself."""
    carried = json.loads(to_line(value))
    assert list(carried) == ["_base64"]
    assert base64.b64decode(carried["_base64"], validate=True) == value


def test_brackets_inside_texts_are_not_depth() -> None:
    """A flat record full of brackets stays as it is; the deepest allowed nesting too."""
    flat = json.dumps({"t": '[{\\"' * 1000}, separators=(",", ":")).encode()
    deep = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    assert to_line(flat) == flat + b"\n"
    assert to_line(deep) == deep + b"\n"


def test_a_megabyte_is_one_line() -> None:
    """A value as large as Kafka takes."""
    value = json.dumps({"t": "x" * 1_048_576}).encode()
    assert Decimal(len(to_line(value))) == len(value)  # one blank less, one line feed more
