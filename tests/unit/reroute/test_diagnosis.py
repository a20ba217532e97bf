"""What a run that posted nothing is told: from its requests, and from where else it went."""

from pathlib import Path

import pytest

from services.reroute.injected.pincloud_reroute.notes import MOST, Notes
from services.reroute.report.diagnosis import Traces, diagnose
from services.reroute.report.exchanges import MOST_DISTINCT, Exchange, Exchanges, error_of
from services.reroute.report.traces import read_traces

KAFKA = "application/vnd.kafka.json.v2+json"


def _told(status: int, code: str, message: str, path: str = "/prod/topics/x") -> str:
    exchanges = Exchanges()
    exchanges.add(Exchange("POST", "a.execute-api.x", path, KAFKA, status, code, message))
    return "\n".join(diagnose(exchanges, Traces()))


@pytest.mark.parametrize(
    ("status", "code", "message", "path", "expected"),
    [
        (200, "", "", "/prod/topics", "no post of records"),
        (403, "", "Missing Authentication Token", "/prod/x", "no resource for"),
        (404, "40403", "no topic", "/prod/topics/x", "there is no such topic"),
        (404, "404", "HTTP 404 Not Found", "/prod/topic/x", "403 Missing Authentication Token"),
        (415, "415", "none", "/prod/topics/x", KAFKA),
        (415, "", "none", "/prod/streams/s/record", "application/json"),
        (422, "422", "Unrecognized field: value", "/prod/topics/x", '"records"'),
        (400, "ResourceNotFoundException", "x", "/prod/streams/s/record", "stream's name"),
        (400, "ValidationException", "x", "/prod/streams/s/record", '"PartitionKey"'),
        (503, "50302", "Kafka is away", "/prod/topics/x", "make logs SERVICE=gateway"),
    ],
)
def test_each_refusal_is_explained_in_the_clouds_words(
    status: int, code: str, message: str, path: str, expected: str
) -> None:
    """With what was sent and for which host it was meant."""
    said = _told(status, code, message, path)
    assert said.startswith(f"1 × POST {path} (meant for a.execute-api.x), Content-Type {KAFKA}:")
    assert f"The answer was {status}" in said
    assert "The cloud would have said" in said
    assert expected in said


def test_a_strangers_text_stays_on_its_line() -> None:
    """Line ends and control characters of an answer move nothing on the terminal."""
    said = _told(418, "", "a\nb\x1b[31m")
    assert "a b\ufffd[31m" in said
    assert "\x1b" not in said


def test_alike_requests_are_counted_and_distinct_ones_are_bounded() -> None:
    """A script that posts a million different paths costs no memory."""
    exchanges = Exchanges()
    for number in range(MOST_DISTINCT + 10):
        exchanges.add(Exchange("GET", "h", f"/{number}", "", 404, "", ""))
    exchanges.add(Exchange("GET", "h", "/0", "", 404, "", ""))
    assert len(exchanges.counts) == MOST_DISTINCT
    assert exchanges.counts.most_common(1)[0][1] == 2


def test_without_a_request_it_says_where_the_script_went_instead(tmp_path: Path) -> None:
    """What its processes noted: hosts that are not rerouted, AWS, brokers."""
    notes = Notes(str(tmp_path))
    for kind, text in (("host", "api.example:443"), ("aws", "kinesis"), ("broker", "Kafka at b")):
        notes.add(kind, text)
        notes.add(kind, text)
    said = "\n".join(diagnose(Exchanges(), read_traces(tmp_path)))
    assert "No request of the script reached the gateway" in said
    assert "api.example:443, which are not rerouted" in said
    assert "kinesis, Kafka at b directly" in said


def test_a_script_that_opens_no_connection_is_told_what_scripts_forget() -> None:
    """Such as the call of their own function."""
    assert "nothing calls" in "\n".join(diagnose(Exchanges(), Traces()))


def test_notes_are_bounded_and_a_folder_that_is_gone_takes_none(tmp_path: Path) -> None:
    """A crawler visits thousands of hosts, and the run may be over."""
    notes = Notes(str(tmp_path))
    for number in range(MOST + 20):
        notes.add("host", str(number))
    assert len(read_traces(tmp_path).hosts) == MOST
    Notes(str(tmp_path / "gone")).add("host", "x")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"error_code":40403,"message":"m"}', ("40403", "m")),
        (b'{"__type":"T","message":"m"}', ("T", "m")),
        (b"[1]", ("", "")),
        (b"<html>", ("", "<html>")),
    ],
)
def test_codes_of_both_proxies_are_read(body: bytes, expected: tuple[str, str]) -> None:
    """Whatever else answers is quoted."""
    assert error_of(body) == expected
