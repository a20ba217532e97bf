from urllib.parse import quote

import pytest

from services.workspace.kernel.process import redaction
from services.workspace.kernel.process.redaction import RedactingSession, Redactor

SECRET = "a/b+c<&\"'\\d"


@pytest.mark.parametrize(
    "shown",
    [SECRET, quote(SECRET), quote(SECRET, safe=""), "a/b+c&lt;&amp;&quot;&#x27;\\d", repr(SECRET)],
)
def test_a_hidden_value_is_left_out_in_every_spelling(shown: str) -> None:
    """As it is, in an address, in HTML, in Python."""
    redactor = Redactor()
    redactor.hide(SECRET, "")
    assert redactor.text(f"x {shown} y").strip("xy '\"") == "[REDACTED]"


def test_a_secret_cut_by_show_is_left_out() -> None:
    """Spark shows 17 characters and three dots of a longer text."""
    redactor = Redactor()
    redactor.hide("0123456789abcdefXYZ")
    assert redactor.text("|0123456789abcdefX...|") == "|[REDACTED]|"


def test_a_secret_within_another_leaves_nothing_behind() -> None:
    """The longer one goes first."""
    redactor = Redactor()
    redactor.hide("abc", "abcdef")
    assert redactor.text("abcdef abc") == "[REDACTED] [REDACTED]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s3n://KEY:SEC%2FRET@bucket/x", "s3n://[REDACTED]@bucket/x"),
        ("'s3a://KEY:SEC/RET@bucket'", "'s3a://[REDACTED]@bucket'"),
        ("S3://KEY:s@b and s3a://c/d:e@f", "S3://[REDACTED]@b and s3a://c/d:e@f"),
        ("mailto:a:b@c, x@y", "mailto:a:b@c, x@y"),
    ],
)
def test_keys_in_an_address_are_left_out(text: str, expected: str) -> None:
    """Whoever's they are; other addresses stay."""
    assert Redactor().text(text) == expected


def test_only_the_notebooks_own_texts_change() -> None:
    """A secret that is a word of the protocol, or letters of a picture, breaks neither."""
    redactor = Redactor()
    redactor.hide("ok", "stdout", "iVBOR")
    content = {
        "status": "ok",
        "name": "stdout",
        "text": "ok",
        "data": {"image/png": "iVBORw0KGgo=", "text/html": ["<b>ok</b>", 1, None]},
    }
    assert redactor.content(content) == {
        "status": "ok",
        "name": "stdout",
        "text": "[REDACTED]",
        "data": {"image/png": "iVBORw0KGgo=", "text/html": ["<b>[REDACTED]</b>", 1, None]},
    }


def test_messages_leave_without_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outputs and errors are cleaned on their way, and the caller's own objects stay as they are."""
    monkeypatch.setattr(redaction, "redactor", Redactor())
    redaction.redactor.hide("hush")
    session = RedactingSession(key=b"k")
    message = session.msg("error", {"ename": "E", "evalue": "hush", "traceback": ["a hush"]})
    sent = b"".join(session.serialize(message))
    assert b"hush" not in sent
    assert sent.count(b"[REDACTED]") == 2
    assert message["content"]["evalue"] == "hush"
    status = session.msg("status", {"execution_state": "hush"})
    assert b"hush" in b"".join(session.serialize(status))
