"""The speed half over a real Kinesis and real Delta tables, with faults put in by hand."""

import json
import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import CommitProperties, write_deltalake

from services.aws import kinesis_client
from services.ledger.account import Account
from services.ledger.errors import LedgerError
from services.ledger.finding import Fault
from services.ledger.speed_layer import speed_layer
from services.ledger.view_comparison import compare_views
from services.records.journal import JournalWriter
from services.records.journal_line import StreamAcked, StreamUnknown
from services.records.layer import Layer
from services.settings import Settings
from services.tables import GEO

ROWS = 8
LANDED = "kinesis → speed + quarantine"
COUNTRIES = ["Åland 🧁", None]

_CLEAN = {
    "ind": pa.int32(),
    "country": pa.string(),
    "coordinates": pa.list_(pa.float64()),
    "timestamp": pa.timestamp("us", tz="UTC"),
}
_ORIGIN = {
    "shardId": pa.string(),
    "sequenceNumber": pa.string(),
    "approximateArrivalTimestamp": pa.timestamp("us", tz="UTC"),
}

Row = dict[str, Any]


class Scene:
    """A speed layer in which everything is as it should be; tests then spoil one thing."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.stream = GEO.stream(settings.user_id)
        self.kinesis = kinesis_client(settings)
        self.events: list[Row] = []
        """Each record in Kinesis: its fields, and where it is."""

    def fill(self) -> None:
        """Nine records over two shards, the last of which is no row: journal, table, quarantine."""
        self.kinesis.create_stream(StreamName=self.stream, ShardCount=2)
        self.kinesis.get_waiter("stream_exists").wait(StreamName=self.stream)
        self.put([json.dumps(_sent(ind)).encode() for ind in range(ROWS)])
        self.put([b"{broken"])
        self.journal(self.events[:ROWS])
        self.rows(self.events[:ROWS])
        self.aside(self.events[ROWS:])
        self.checkpoints()

    def put(self, values: Sequence[bytes]) -> None:
        entries = [{"Data": value, "PartitionKey": secrets.token_hex(4)} for value in values]
        answer = self.kinesis.put_records(StreamName=self.stream, Records=entries)  # type: ignore[arg-type]
        for value, entry in zip(values, answer["Records"], strict=True):
            ind = json.loads(value)["ind"] if value.startswith(b'{"') else None
            self.events.append(self._event(ind, entry["ShardId"], entry["SequenceNumber"]))

    def _event(self, ind: int | None, shard: str, number: str) -> Row:
        arrived = datetime.now(UTC)
        origin = {
            "shardId": shard,
            "sequenceNumber": number,
            "approximateArrivalTimestamp": arrived,
        }
        return {**_cleaned(ind or 0), "ind": ind, **origin}

    def journal(self, events: Iterable[Row]) -> None:
        folder = self.settings.journal_dir / Layer.SPEED
        with JournalWriter(folder / f"{secrets.token_hex(4)}-0.jsonl") as journal:
            journal.write([self._line(event) for event in events])

    def _line(self, event: Row) -> StreamAcked:
        shard, number = event["shardId"], event["sequenceNumber"]
        return StreamAcked(GEO.name, event["ind"], self.stream, shard, number)

    def rows(self, events: Iterable[Row]) -> None:
        name = GEO.speed_table(self.settings.user_id)
        self._write(f"speed/{name}", events, _CLEAN | _ORIGIN)

    def aside(self, events: Iterable[Row]) -> None:
        rows = [{**event, "stream": self.stream} for event in events]
        rows.append({**self.events[0], "stream": "another"})
        self._write("quarantine/speed", rows, {"stream": pa.string()} | _ORIGIN)

    def checkpoints(self, taken: int = ROWS + 1) -> None:
        """Both queries have come past the first records."""
        shards: dict[str, Row] = {}
        for event in self.events[:taken]:
            after = event["sequenceNumber"]
            shards[event["shardId"]] = {"after": after, "at": None, "closed": False}
        offset = {"streams": {self.stream: {"created": 1, "shards": shards}}}
        files = {
            "metadata": json.dumps({"id": "6c0a1e1c-0000-4000-8000-000000000000"}),
            "offsets/0": f"v1\n{{}}\n{json.dumps(offset)}",
            "commits/0": 'v1\n{"stateUniqueIds":{}}',
        }
        for file, text in files.items():
            path = self.checkpoint / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    @property
    def checkpoint(self) -> Path:
        """Checkpoint of geo's query."""
        name = GEO.speed_table(self.settings.user_id)
        return self.settings.lake / "speed" / "_checkpoints" / name

    def batch(self, rows: Sequence[Row], sent: Sequence[Row]) -> None:
        """Silver, and the bronze that it comes from; all of it taken."""
        metadata = {"userMetadata": json.dumps({"offsets": {"0": len(sent) - 1}})}
        taken = CommitProperties(custom_metadata=metadata)
        self._write("batch/silver/geo", rows, _CLEAN, taken)
        kinds = {"topic": pa.string(), "partition": pa.int32(), "value": pa.string()}
        lines = [
            {"topic": GEO.topic(self.settings.user_id), "partition": 0, "offset": n, "value": value}
            for n, value in enumerate(map(json.dumps, sent))
        ]
        self._write("batch/bronze/geo", lines, kinds | {"offset": pa.int64()}, taken)

    def account(self) -> Account:
        return speed_layer(self.settings)["geo"]

    def _write(
        self, path: str, rows: Iterable[Row], kinds: Row, commit: CommitProperties | None = None
    ) -> None:
        table = pa.Table.from_pylist(list(rows), pa.schema(kinds))
        place = self.settings.lake / path
        write_deltalake(place, table, mode="overwrite", commit_properties=commit)


def _sent(ind: int, **other: Any) -> Row:
    country = COUNTRIES[ind % 2] or "User Info Error"
    return {"ind": ind, "country": country, "latitude": ind / 3, "longitude": 1.0} | other


def _cleaned(ind: int, **other: Any) -> Row:
    return {
        "ind": ind,
        "country": COUNTRIES[ind % 2],
        "coordinates": [ind / 3, 1.0] if ind else None,
        "timestamp": datetime.fromisoformat("2021-09-26T19:49:23+00:00"),
    } | other


@pytest.fixture
def scene(infra: Settings, tmp_path: Path) -> Scene:
    """A user of our own, with a lake and journals of its own."""
    own = {"user_id": secrets.token_hex(6), "state_dir": tmp_path, "lake_dir": tmp_path / "lake"}
    return Scene(infra.model_copy(update=own))


def test_a_layer_that_was_never_used_is_all_zeros(scene: Scene) -> None:
    """No stream, no table, no journal: zeros, and no complaint."""
    account, views = scene.account(), compare_views(scene.settings)["geo"]
    assert {*account.fields().values(), *views.fields().values()} == {0}


def test_a_layer_in_order(scene: Scene) -> None:
    """Every hop is counted; another stream's quarantine is not ours."""
    scene.fill()
    with JournalWriter(scene.settings.journal_dir / Layer.SPEED / "unknown-0.jsonl") as journal:
        journal.write([StreamUnknown(GEO.name, 3, scene.stream)])
    account = scene.account()
    assert account.findings == []
    assert account.fields() == {
        "acked": 8,
        "unknown": 1,
        "rejected": 0,
        "kinesis": 9,
        "speed": 8,
        "quarantined": 1,
        "pending": 0,
        "lost": 0,
        "doubled": 0,
    }


def _foreign(scene: Scene) -> Row:
    return {**scene.events[3], "sequenceNumber": "9" * 56}


@pytest.mark.parametrize(
    ("spoil", "fault", "event", "where"),
    [
        (lambda s: s.rows(s.events[1:8]), Fault.LOST, 0, LANDED),
        (lambda s: s.aside([]), Fault.LOST, 8, LANDED),
        (
            lambda s: s.rows([*s.events[:8], s.events[2]]),
            Fault.DOUBLED,
            2,
            LANDED,
        ),
        (lambda s: s.aside([s.events[5], s.events[8]]), Fault.DOUBLED, 5, LANDED),
        (
            lambda s: s.rows([*s.events[:8], _foreign(s)]),
            Fault.DOUBLED,
            None,
            LANDED,
        ),
        (lambda s: s.journal([_foreign(s)]), Fault.LOST, None, "acked → kinesis"),
        (lambda s: s.journal([s.events[4]]), Fault.LOST, 4, "acked twice"),
        (
            lambda s: s.rows([{**s.events[0], "ind": 7}, *s.events[1:8]]),
            Fault.LOST,
            0,
            "speed ≠ kinesis",
        ),
    ],
)
def test_a_fault_is_counted_and_named(
    scene: Scene, spoil: Callable[[Scene], None], fault: Fault, event: int | None, where: str
) -> None:
    """Whatever is spoilt, the ledger says which record, in which shard, and between which hops."""
    scene.fill()
    spoil(scene)
    (found,) = scene.account().findings
    spoilt = _foreign(scene) if event is None else scene.events[event]
    assert (found.fault, found.records, found.where) == (fault, 1, where)
    assert found.source.partition == spoilt["shardId"]
    assert found.first == int(spoilt["sequenceNumber"])


def test_what_has_not_come_through_yet_is_pending(scene: Scene) -> None:
    """An application that lags loses nothing; one that has not begun neither."""
    scene.fill()
    scene.checkpoints(4)
    scene.rows(scene.events[:5])
    scene.aside([])
    account = scene.account()
    assert account.findings == []
    assert account.counts["pending"] == ROWS + 1 - 4


def test_a_checkpoint_that_cannot_be_read_is_named(scene: Scene) -> None:
    """No traceback: which folder."""
    scene.fill()
    checkpoint = scene.checkpoint
    (checkpoint / "offsets" / "0").write_text("v1")
    with pytest.raises(LedgerError, match=rf"{checkpoint} cannot be read"):
        scene.account()


def test_equal_views_have_no_finding(scene: Scene) -> None:
    """Texts, nulls, lists and moments; an ind that one layer lacks is not compared."""
    scene.fill()
    scene.batch([_cleaned(n) for n in range(1, 12)], [_sent(n) for n in range(1, 12)])
    assert compare_views(scene.settings)["geo"].fields() == {"both": 7, "waiting": 0, "differs": 0}


@pytest.mark.parametrize(
    "other", [{"country": "Aland"}, {"coordinates": [0.5, 1.0]}, {"timestamp": None}]
)
def test_another_row_of_the_same_event_differs(scene: Scene, other: Row) -> None:
    """Both layers took the record as it was sent, and one cleaned it otherwise."""
    scene.fill()
    rows = [_cleaned(n, **(other if n == 4 else {})) for n in range(ROWS)]
    scene.batch(rows, [_sent(n) for n in range(ROWS)])
    (found,) = compare_views(scene.settings)["geo"].findings
    assert (found.fault, found.first, found.records) == (Fault.DIFFERS, 4, 1)
    assert "the first is ind 4 of geo" in str(found)


def test_an_event_that_one_layer_has_not_seen_explains_a_difference(scene: Scene) -> None:
    """The batch has a newer event; or the speed layer's was trimmed; then nothing can be said."""
    scene.fill()
    rows = [_cleaned(n, **({"country": "New"} if n == 4 else {})) for n in range(ROWS)]
    sent = [*(_sent(n) for n in range(ROWS)), _sent(4, country="New")]
    scene.batch(rows, sent)
    views = compare_views(scene.settings)["geo"]
    assert views.fields() == {"both": ROWS, "waiting": 1, "differs": 0}
    scene.kinesis.delete_stream(StreamName=scene.stream)
    assert compare_views(scene.settings)["geo"].findings == []


def test_the_newest_event_of_the_speed_layer_is_compared(scene: Scene) -> None:
    """By arrival, then by sequence number as an integer: 10 is newer than 9."""
    scene.fill()
    one = scene.events[4]
    old = {**one, "sequenceNumber": str(int(one["sequenceNumber"]) - 1), "country": "Old"}
    later = {**one, "sequenceNumber": "10" + "0" * 60}
    scene.rows([later, old, *scene.events[:4]])
    scene.batch([_cleaned(4)], [_sent(4)])
    assert compare_views(scene.settings)["geo"].fields() == {"both": 1, "waiting": 0, "differs": 0}
