"""Requests with records, read along."""

import json
from typing import Any

import pytest

from services.records.attempt import FailedAttempt
from services.records.http_response import HttpResponse
from services.records.journal import read_journal
from services.records.journal_line import TopicAcked, TopicRejected, TopicUnknown
from services.records.layer import Layer
from services.reroute.post_results import PostResults
from services.reroute.posts import Post, read_post
from services.settings import Settings

PRODUCE = json.dumps({"records": [{"value": {"index": 7528}}, {"value": {"index": 2863}}]}).encode()


def _read(method: str, path: str, body: Any, stream: str | None = None, media: str = "") -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_post(method, path, stream, media, raw)


@pytest.mark.parametrize(
    ("request_line", "stream", "body", "found"),
    [
        ("POST /test/topics/u.pin", None, PRODUCE, ("u.pin", [7528, 2863])),
        ("POST //topics/u.geo/partitions/0", None, {"records": [{"value": {"ind": "3"}}]}, ("u.geo", [3])),
        ("PUT /s/streams/s-u-user/record", None, {"Data": {"ind": 4}}, ("s-u-user", [4])),
        ("POST /streams/record", "s-u-pin", {"Data": {"index": 5}}, ("s-u-pin", [5])),
        (
            "PUT /s/streams/s-u-geo/records", None,
            {"records": [{"data": '{"ind": 6}'}, {"data": {"ind": 7}}]}, ("s-u-geo", [6, 7]),
        ),
        ("POST /topics/u.pin", None, b"no json", ("u.pin", [])),
    ],
)  # fmt: skip
def test_records_are_found_in_every_form_of_a_post(
    request_line: str, stream: str | None, body: Any, found: tuple[str, list[int]]
) -> None:
    """With their rows' keys, as the ledger reads them."""
    method, path = request_line.split()
    post = _read(method, path, body, stream)
    assert post is not None
    assert (post.name, [record.ind for record in post.records]) == found


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/topics"), ("POST", "/consumers/g"), ("GET", "/s/streams"), ("POST", "/s/streams/x")],
)
def test_other_requests_are_no_posts(method: str, path: str) -> None:
    """They go through, and count for nothing."""
    assert _read(method, path, {}) is None


@pytest.fixture
def account(tmp_path: Any) -> PostResults:
    """An account with journals of its own."""
    return PostResults(Settings(state_dir=tmp_path))


def test_the_gateways_answers_become_lines_of_the_journal(account: PostResults) -> None:
    """Acknowledged with its offset, refused with its status, unknown when no answer came."""
    post: Post = _read("POST", "/topics/u.pin", {"records": [{"value": {"index": 7528}}]})
    stored = {"offsets": [{"partition": 1, "offset": 9, "error_code": None, "error": None}]}
    assert account.settle(post, HttpResponse(200, json.dumps(stored).encode()))
    assert not account.settle(post, HttpResponse(415, b'{"error_code":415,"message":"no"}'))
    assert not account.settle(post, FailedAttempt(cause="no answer", certain=False, retriable=True))
    account.close()
    (journal,) = account.journals
    assert list(read_journal(journal, Layer.BATCH)) == [
        TopicAcked("pin", 7528, "u.pin", 1, 9),
        TopicRejected("pin", 7528, "u.pin", 415, "HTTP 415: no"),
        TopicUnknown("pin", 7528, "u.pin"),
    ]
    assert (account.acked, account.counts["u.pin"].failed.total()) == (1, 2)


def test_a_200_that_tells_of_a_failure_is_no_acknowledgement(account: PostResults) -> None:
    """The original proxy answers so when a record was not stored."""
    post: Post = _read("POST", "/topics/u.pin", {"records": [{"value": {"index": 1}}]})
    failed = {"offsets": [{"partition": None, "offset": None, "error_code": 2, "error": "no"}]}
    assert not account.settle(post, HttpResponse(200, json.dumps(failed).encode()))


def test_a_topic_that_is_none_of_the_three_is_counted_and_not_journaled(
    account: PostResults,
) -> None:
    """The ledger knows nothing of it."""
    post: Post = _read("POST", "/topics/test-topic", {"records": [{"value": 1}]})
    stored = {"offsets": [{"partition": 0, "offset": 0}]}
    assert account.settle(post, HttpResponse(200, json.dumps(stored).encode()))
    assert account.journals == []


def test_posts_are_refused_once_the_journal_takes_no_more(tmp_path: Any) -> None:
    """What could not be accounted for must not be sent."""
    (tmp_path / "journals").touch()
    account = PostResults(Settings(state_dir=tmp_path))
    post: Post = _read("POST", "/topics/u.pin", {"records": [{"value": {"index": 1}}]})
    account.settle(post, HttpResponse(200, b'{"offsets":[{"partition":0,"offset":0}]}'))
    assert "journal" in account.problem
