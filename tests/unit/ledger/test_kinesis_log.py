"""Reading streams, against a stub with AWS's semantics: closed shards, empty pages, refusals."""

from datetime import UTC, datetime, timedelta
from typing import Any, Self

import pytest
from botocore.exceptions import ClientError
from pydantic import SecretStr

from services.ledger.errors import LedgerError
from services.ledger.stores import kinesis_log, shard_log_reader
from services.ledger.stores.kinesis_log import read_stream, read_values
from services.records.ind import NO_IND
from services.settings import HOST, Settings
from tests.support.kpl import aggregated

STREAM = "streaming-0a1b2c3d4e5f-pin"
PARENT, CHILD = "shardId-000000000000", "shardId-000000000001"


def _record(number: int) -> dict[str, Any]:
    return {
        "SequenceNumber": str(number),
        "Data": b'{"index":%d}' % number,
        "ApproximateArrivalTimestamp": datetime.now(UTC) - timedelta(hours=1),
    }


def _error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "GetRecords")


class _Kinesis:
    """A stream of a closed shard and its child; `refusals` are thrown first."""

    def __init__(self, *refusals: str, age: timedelta = timedelta(hours=1)) -> None:
        self.held = {PARENT: [_record(n) for n in (8, 9, 10)], CHILD: [_record(11), _record(12)]}
        self.refusals = list(refusals)
        self.created = datetime.now(UTC) - age

    def get_paginator(self, _name: str) -> Self:
        return self

    def paginate(self, **_asked: Any) -> list[dict[str, Any]]:
        return [{"Shards": [{"ShardId": PARENT}]}, {"Shards": [{"ShardId": CHILD}]}]

    def describe_stream_summary(self, **_asked: Any) -> dict[str, Any]:
        summary = {"RetentionPeriodHours": 24, "StreamCreationTimestamp": self.created}
        return {"StreamDescriptionSummary": summary}

    def get_shard_iterator(self, **asked: Any) -> dict[str, str]:
        after = int(asked.get("StartingSequenceNumber", -1))
        numbers = [int(record["SequenceNumber"]) for record in self.held[asked["ShardId"]]]
        return {"ShardIterator": f"{asked['ShardId']} {sum(n <= after for n in numbers)} 0"}

    def get_records(self, **asked: Any) -> dict[str, Any]:
        """One record a page, and an empty page after each."""
        shard, place, empty = asked["ShardIterator"].split()
        records = self.held[shard][int(place) : int(place) + 1]
        if self.refusals and int(place) == 1:
            raise _error(self.refusals.pop())
        if empty == "1":
            records, place, empty = [], str(int(place) - 1), "0"
        else:
            empty = "1"
        at_end = shard == PARENT and int(place) + 1 > len(self.held[shard])
        return {
            "Records": records,
            "MillisBehindLatest": 1000 * (int(place) + 1 < len(self.held[shard])),
            "NextShardIterator": None if at_end else f"{shard} {int(place) + 1} {empty}",
        }

    def close(self) -> None:
        pass


def _use(monkeypatch: pytest.MonkeyPatch, kinesis: _Kinesis) -> Settings:
    monkeypatch.setattr(kinesis_log, "kinesis_client", lambda _settings, _config: kinesis)
    return Settings()


def test_closed_and_open_shards_are_read_to_their_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty pages in between, and no next iterator at a closed shard's end."""
    contents = read_stream(_use(monkeypatch, _Kinesis()), STREAM)
    found = {shard: records.numbers.tolist() for shard, records in contents.records.items()}
    assert found == {PARENT: [b"8", b"9", b"10"], CHILD: [b"11", b"12"]}
    assert contents.records[PARENT].inds.tolist() == [8, 9, 10]


@pytest.mark.parametrize(
    "code", ["ProvisionedThroughputExceededException", "ExpiredIteratorException"]
)
def test_a_refused_reading_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Throttled, or an iterator that is too old: nothing is left out, nothing comes twice."""
    contents = read_stream(_use(monkeypatch, _Kinesis(code, code)), STREAM)
    assert contents.records[PARENT].numbers.tolist() == [b"8", b"9", b"10"]


def test_a_shard_that_stops_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not an endless loop."""
    monkeypatch.setattr(shard_log_reader, "SILENT_SECONDS", 0)
    settings = _use(monkeypatch, _Kinesis(*["ProvisionedThroughputExceededException"] * 9))
    with pytest.raises(LedgerError, match=rf"stopped to deliver {PARENT} of {STREAM}"):
        read_stream(settings, STREAM)


def test_nothing_is_trimmed_before_the_stream_is_as_old_as_its_retention(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The horizon is where retention ends, when the stream reaches so far back."""
    assert read_stream(_use(monkeypatch, _Kinesis()), STREAM).horizon is None
    old = read_stream(_use(monkeypatch, _Kinesis(age=timedelta(days=3))), STREAM)
    assert old.horizon is not None
    assert timedelta(hours=24) <= datetime.now(UTC) - old.horizon < timedelta(hours=25)


def test_some_values_are_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes as they were put; what the stream does not hold is not there."""
    wanted = {(PARENT, "9"), (CHILD, "9")}
    values = read_values(_use(monkeypatch, _Kinesis()), STREAM, wanted)
    assert values == {(PARENT, "9"): [b'{"index":9}']}


def test_an_aggregated_record_counts_as_its_user_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with its ind, all under one number; a broken one is one record."""
    kinesis = _Kinesis()
    values = [b'{"ind":1}', b"{broken", b'{"ind":3}']
    packed = aggregated([("k", value) for value in values])
    kinesis.held[PARENT][1]["Data"], kinesis.held[PARENT][2]["Data"] = packed, packed[:-1]
    settings = _use(monkeypatch, kinesis)
    found = read_stream(settings, STREAM).records[PARENT]
    assert found.numbers.tolist() == [b"8", b"9", b"9", b"9", b"10"]
    assert found.inds.tolist() == [8, 1, NO_IND, 3, NO_IND]
    assert read_values(settings, STREAM, {(PARENT, "9")}) == {(PARENT, "9"): values}


def test_kinesis_that_is_down_is_named() -> None:
    """Which service, where, and what to do."""
    settings = Settings(
        aws_endpoint_url=f"http://{HOST}:1",
        aws_access_key_id=SecretStr("key"),
        aws_secret_access_key=SecretStr("secret"),
    )
    with pytest.raises(LedgerError, match=rf"Kinesis at .*{HOST}:1 does not answer.*make status"):
        read_stream(settings, STREAM)
