"""What becomes of records: good ones, wrong dates, and what is no row at all."""

import json
from datetime import UTC, datetime

from services.ledger.speed_layer import speed_layer
from services.settings import Settings
from services.tables import GEO, PIN, USER
from spark_jobs import parse
from spark_jobs.session import session
from tests.integration.speed.conftest import SpeedLayer
from tests.support.kpl import aggregated
from tests.support.times import MOMENTS, as_posted

MIB = 2**20

GOOD = {
    "ind": 7528,
    "timestamp": "2021-09-26T19:49:23",
    "latitude": -28.4,
    "longitude": 7.25,
    "country": "Åland 🧁",
}

BAD: dict[str, tuple[bytes, str]] = {
    "no JSON": (b"{broken", parse.NOT_JSON),
    "cut in a character": ('{"ind": 1, "country": "Å'.encode()[:-1], parse.NOT_JSON),
    "cut in a character, else whole": (b'{"ind": 1, "country": "\xc3"}', parse.NOT_JSON),
    "NaN": (b'{"ind": 1, "latitude": NaN}', parse.NOT_JSON),
    "two in one": (b'{"ind": 1}{"ind": 2}', parse.NOT_JSON),
    "two with a comma": (b'{"ind": 1},{"ind": 2}', parse.NOT_JSON),
    "something behind": (b'{"ind": 1} and more', parse.NOT_JSON),
    "a bracket behind": (b'{"ind": 1}] and more', parse.NOT_JSON),
    "two and a bracket behind": (b'{"ind": 1},0] and more', parse.NOT_JSON),
    "half a character": (b'{"ind": 1, "country": "\\ud83d"}', parse.NOT_JSON),
    "ind no number": (b'{"ind": "abc"}', parse.BAD_KEY + "abc"),
    "no ind": (b'{"country": "Chad"}', parse.NO_KEY),
    "array": (b'[{"ind": 1}]', parse.NOT_OBJECT),
    "text": (b'"ind"', parse.NOT_OBJECT),
    "empty": (b"", parse.EMPTY),
    "nothing": (b"null", parse.NOT_OBJECT),
    "aggregated and cut off": (aggregated([("k", b'{"ind": 1}')])[:-1], parse.NOT_JSON),
    "large": (b"x" * (MIB - 8), parse.NOT_JSON),
}


def test_rows_are_clean_and_say_where_they_come_from(
    layer: SpeedLayer, spark_infra: Settings
) -> None:
    """Every table has the contract's columns, and is found by its name from any client."""
    before = datetime.now(UTC)
    layer.start()
    (place,) = layer.put_rows(GEO, [GOOD])
    layer.put_rows(PIN, [{"index": 1, "follower_count": "12k", "title": "User Info Error"}])
    layer.put_rows(USER, [{"ind": 1, "first_name": "Ada", "last_name": "L", "age": 36}])
    layer.wait()
    (row,) = layer.rows(GEO)
    arrived = row.pop("approximateArrivalTimestamp")
    assert before.replace(microsecond=0) <= arrived <= datetime.now(UTC)
    assert row == {
        "ind": 7528,
        "country": "Åland 🧁",
        "coordinates": [-28.4, 7.25],
        "timestamp": datetime(2021, 9, 26, 19, 49, 23, tzinfo=UTC),
        "unparsed": None,
        "shardId": place[0],
        "sequenceNumber": str(place[1]),
    }
    (pin,), (user,) = layer.rows(PIN), layer.rows(USER)
    assert (pin["ind"], pin["follower_count"], pin["title"]) == (1, 12_000, None)
    assert (user["user_name"], user["age"]) == ("Ada L", 36)
    with session(spark_infra) as other:
        name = layer.tier(GEO).name
        assert [found.ind for found in other.table(f"`{name}`").collect()] == [7528]


def test_a_wrong_date_is_null_and_keeps_what_was_sent(layer: SpeedLayer) -> None:
    """The batch goes on; what docs/times.md says is read, blanks are no dates."""
    moments = {"yesterday": None, "2021-13-45T00:00:00": None, **MOMENTS}
    texts = [*map(as_posted, moments), None, " "]
    layer.put_rows(GEO, [{"ind": ind, "timestamp": text} for ind, text in enumerate(texts)])
    layer.start()
    layer.wait()
    found = {row["ind"]: (row["timestamp"], row["unparsed"]) for row in layer.rows(GEO)}
    wanted = [(at, None if at else [("timestamp", text)]) for text, at in moments.items()]
    assert found == dict(enumerate([*wanted, (None, None), (None, None)]))


def test_bad_records_are_set_aside_and_the_stream_goes_on(layer: SpeedLayer) -> None:
    """Each with its own bytes, shard, sequence number and reason; the records around them land.

    User records that were aggregated are rows, or set aside, one by one.
    """
    layer.start()
    users = [("a", b'{"ind": 1}'), ("b", b"{broken"), ("a", b'{"ind": 2}'), ("c", b'{"ind": 3}')]
    (packed,) = layer.put(USER, [aggregated(users)])
    good = layer.put_rows(GEO, [GOOD])
    places = dict(zip(BAD, layer.put(GEO, [value for value, _ in BAD.values()]), strict=True))
    good += layer.put_rows(GEO, [GOOD])
    good += layer.put(GEO, [rb'{"ind": 1, "country": "\ud83d\uDE00 \\\\ud83d"}', b' {"ind": 2}\n'])
    layer.wait()
    found = {
        (row["shardId"], int(row["sequenceNumber"])): (row["raw"], row["reason"])
        for row in layer.quarantine(GEO)
    }
    assert {name: found.get(place) for name, place in places.items()} == BAD
    assert len(found) == len(BAD)
    assert sorted((r["shardId"], int(r["sequenceNumber"])) for r in layer.rows(GEO)) == sorted(good)
    assert layer.places(USER) == {packed: len(users)}
    assert sorted(row["ind"] for row in layer.rows(USER)) == [1, 2, 3]
    assert [(r["partitionKey"], r["raw"]) for r in layer.quarantine(USER)] == [users[1]]
    accounts = speed_layer(layer.settings)
    assert [account.findings for account in accounts.values()] == [[], [], []]
    assert accounts["user"].counts["kinesis"] == len(users)
    status = json.loads(layer.commands.run("spark_jobs.speed", "status", "--format", "json"))
    assert status["streaming"]
    assert status["tables"]["geo"]["lag"] == 0
