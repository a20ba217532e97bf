"""One stream with rows of all three tables, as a later year of the course had it."""

import json
from collections import Counter
from typing import Any

from services.aws import kinesis_client
from services.ledger.speed_layer import speed_layer
from services.streams.shared import shared_streams
from services.tables import GEO, PIN, TABLES, USER
from spark_jobs.speed.routing import UNROUTED
from tests.integration.speed.conftest import PATIENCE, SpeedLayer, table_rows

GEO_ROW = {"country": "Chad", "latitude": 1.5, "longitude": 2.5}
PIN_ROW = {"unique_id": "u", "title": "t", "category": "art"}
USER_ROW = {"first_name": "Ada", "last_name": "L", "age": 36}


def _put(layer: SpeedLayer, stream: str, records: list[tuple[str, bytes]]) -> None:
    entries: list[Any] = [{"PartitionKey": key, "Data": data} for key, data in records]
    answer = kinesis_client(layer.settings).put_records(StreamName=stream, Records=entries)
    assert answer["FailedRecordCount"] == 0


def _row(ind: int, columns: dict[str, Any]) -> bytes:
    return json.dumps({"ind": ind, **columns}).encode()


def test_rows_of_a_shared_stream_come_into_the_three_tables_once(layer: SpeedLayer) -> None:
    """By partition key, else by their columns; also those that came before, and after the application was killed."""
    user = layer.settings.user_id
    stream = f"Kinesis-Prod-{user}"
    client = kinesis_client(layer.settings)
    client.create_stream(StreamName=stream, ShardCount=1)
    client.get_waiter("stream_exists").wait(StreamName=stream)
    layer.start()
    _put(
        layer,
        stream,
        [
            ("pin", _row(1, PIN_ROW)),
            (f"{user}-geo", _row(2, GEO_ROW)),
            ("userdata", _row(3, USER_ROW)),
            ("partition-1", _row(4, GEO_ROW)),
            ("partition-1", _row(5, {"other": 1})),
            ("pin", b"{broken"),
        ],
    )
    layer.put_rows(GEO, [{"ind": 9, **GEO_ROW}])
    layer.commands.run("spark_jobs.speed", "wait", "--stream", stream, "--seconds", str(PATIENCE))
    assert shared_streams(layer.settings.lake) == [stream]
    layer.kill()
    _put(layer, stream, [("user", _row(number, USER_ROW)) for number in range(10, 30)])
    layer.start()
    layer.wait()
    inds = {table.name: sorted(row["ind"] for row in layer.rows(table)) for table in TABLES}
    assert inds == {"pin": [1], "geo": [2, 4, 9], "user": [3, *range(10, 30)]}
    aside = table_rows(layer.tier(PIN).lake / "quarantine" / "speed")
    assert Counter(row["stream"] for row in aside) == {stream: 2}
    assert {row["reason"] for row in aside if b"other" in row["raw"]} == {UNROUTED}
    assert {row["shardId"].rpartition("/")[0] for row in layer.rows(USER)} == {stream}
    accounts = speed_layer(layer.settings)
    assert [account.findings for account in accounts.values()] == [[], [], [], []]
    assert accounts[stream].counts["kinesis"] == 26
    assert (accounts[stream].counts["speed"], accounts["geo"].counts["speed"]) == (24, 1)
    client.delete_stream(StreamName=stream)
