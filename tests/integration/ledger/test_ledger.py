"""The ledger over real Kafka, real S3 and real Delta tables, with faults put in by hand."""

import json
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from deltalake import CommitProperties, write_deltalake

from services.aws import s3_client
from services.ledger import __main__ as command
from services.ledger.account import Account
from services.ledger.batch_layer import batch_layer
from services.ledger.errors import LedgerError
from services.ledger.finding import Fault
from services.records.journal import JournalWriter
from services.records.journal_line import JournalLine, TopicAcked, TopicRejected, TopicUnknown
from services.records.layer import Layer
from services.records.object_key import ObjectKey
from services.settings import HOST, Settings
from services.tables import PIN, bucket

RECORDS = 10


class Scene:
    """A batch layer in which everything is as it should be; tests then spoil one thing."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.topic = PIN.topic(settings.user_id)
        self.s3 = s3_client(settings)

    def fill(self) -> None:
        """Ten records, of which offset 9 is no row: journal, log, two objects, lake."""
        self.log([*(b'{"index":%d}' % n for n in range(RECORDS - 1)), b"[]"])
        self.journal([TopicAcked("pin", n, self.topic, 0, n) for n in range(RECORDS - 1)])
        self.s3.create_bucket(Bucket=bucket(self.settings.user_id))
        self.put(0, 6)
        self.put(6, 10)
        self.bronze(range(RECORDS), RECORDS)
        self.silver(range(RECORDS - 1), RECORDS)
        self.quarantine([9])

    def log(self, values: Sequence[bytes]) -> None:
        admin = AdminClient({"bootstrap.servers": self.settings.kafka_bootstrap})
        admin.create_topics([NewTopic(self.topic, 1, 1)])[self.topic].result(30)
        producer = Producer({"bootstrap.servers": self.settings.kafka_bootstrap})
        for value in values:
            producer.produce(self.topic, value, partition=0)
        assert producer.flush(30) == 0

    def journal(self, lines: Sequence[JournalLine]) -> None:
        name = f"{secrets.token_hex(4)}-0.jsonl"
        with JournalWriter(self.settings.journal_dir / Layer.BATCH / name) as journal:
            journal.write(lines)

    def put(self, first: int, end: int) -> None:
        self.s3.put_object(
            Bucket=bucket(self.settings.user_id), Key=self.key(first), Body=b"{}\n" * (end - first)
        )

    def lose(self, first: int) -> None:
        self.s3.delete_object(Bucket=bucket(self.settings.user_id), Key=self.key(first))

    def key(self, first: int) -> str:
        return str(ObjectKey(self.topic, 0, first))

    def bronze(self, offsets: Sequence[int], taken: int) -> None:
        rows = {
            "topic": [self.topic] * len(offsets),
            "partition": pa.array([0] * len(offsets), pa.int32()),
            "offset": pa.array(offsets, pa.int64()),
            "value": ["[]" if n == RECORDS - 1 else f'{{"index":{n}}}' for n in offsets],
        }
        self._write("batch/bronze/pin", rows, taken)

    def silver(self, inds: Sequence[int], taken: int) -> None:
        self._write("batch/silver/pin", {"ind": pa.array(inds, pa.int32())}, taken)

    def quarantine(self, offsets: Sequence[int]) -> None:
        rows = {
            "topic": [self.topic] * len(offsets),
            "partition": pa.array([0] * len(offsets), pa.int32()),
            "offset": pa.array(offsets, pa.int64()),
        }
        self._write("quarantine/batch/pin", rows, RECORDS)

    def account(self) -> Account:
        return batch_layer(self.settings)["pin"]

    def _write(self, path: str, rows: dict[str, Any], taken: int) -> None:
        progress = json.dumps({"topic": self.topic, "offsets": {"0": taken - 1}, "number": 1})
        write_deltalake(
            self.settings.lake / path,
            pa.table(rows),
            mode="overwrite",
            commit_properties=CommitProperties(custom_metadata={"userMetadata": progress}),
        )


@pytest.fixture
def scene(infra: Settings, tmp_path: Path) -> Scene:
    """A user of our own, with a lake and journals of its own."""
    return Scene(
        infra.model_copy(
            update={
                "user_id": secrets.token_hex(6),
                "state_dir": tmp_path,
                "lake_dir": tmp_path / "lake",
            }
        )
    )


def test_nothing_at_all_is_all_zeros(scene: Scene) -> None:
    """No topic, no bucket, no table, no journal: zeros, and no complaint."""
    account = scene.account()
    assert set(account.fields().values()) == {0}
    assert account.findings == []


def test_a_layer_in_order(scene: Scene) -> None:
    """Every hop is counted; a bad record is quarantined, not lost."""
    scene.fill()
    scene.journal(
        [TopicUnknown("pin", 3, scene.topic), TopicRejected("pin", 4, scene.topic, 413, "large")]
    )
    assert scene.account().fields() == {
        "acked": 9,
        "unknown": 1,
        "rejected": 1,
        "truncated": 0,
        "log": 10,
        "objects": 10,
        "bronze": 10,
        "silver": 9,
        "quarantined": 1,
        "pending": 0,
        "lost": 0,
        "doubled": 0,
    }


@pytest.mark.parametrize(
    ("spoil", "fault", "first", "where"),
    [
        (lambda s: s.lose(0), Fault.LOST, 0, "log → objects"),
        (lambda s: s.put(5, 6), Fault.DOUBLED, 5, "log → objects"),
        (lambda s: s.put(10, 11), Fault.DOUBLED, 10, "log → objects"),
        (lambda s: s.bronze([0, 1, 3, 4, 5, 6, 7, 8, 9], 10), Fault.LOST, 2, "objects → bronze"),
        (lambda s: s.bronze([*range(10), 4], 10), Fault.DOUBLED, 4, "objects → bronze"),
        (lambda s: s.silver(range(8), 10), Fault.LOST, 8, "bronze → silver + quarantine"),
        (lambda s: s.silver([*range(9), 3], 10), Fault.DOUBLED, 3, "silver"),
        (lambda s: s.quarantine([9, 9]), Fault.DOUBLED, 9, "quarantine"),
        (
            lambda s: s.journal([TopicAcked("pin", 1, s.topic, 0, 99)]),
            Fault.LOST,
            99,
            "acked → log",
        ),
    ],
)
def test_a_fault_is_counted_and_named(
    scene: Scene, spoil: Callable[[Scene], None], fault: Fault, first: int, where: str
) -> None:
    """Whatever is spoilt, the ledger says which record, and between which hops."""
    scene.fill()
    spoil(scene)
    (found,) = scene.account().findings
    assert (found.fault, found.first, found.where) == (fault, first, where)


def test_another_row_at_an_acked_offset_is_named(scene: Scene) -> None:
    """The log holds a record at the acked offset, but not the one that was sent."""
    scene.log([b'{"index":1}'])
    scene.journal([TopicAcked("pin", 2, scene.topic, 0, 0)])
    (found,) = scene.account().findings
    assert (found.fault, found.first) == (Fault.LOST, 0)


def test_what_has_not_come_through_yet_is_pending(scene: Scene) -> None:
    """A sink that lags and a batch that has not run lose nothing."""
    scene.fill()
    scene.lose(6)
    scene.bronze(range(4), 4)
    scene.silver(range(2), 2)
    scene.quarantine([])
    account = scene.account()
    assert account.findings == []
    assert account.counts["pending"] == 8


def test_the_command_prints_one_json_object_and_fails_on_a_fault(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 0 and nothing but JSON; 1 and a sentence on stderr when a record is lost."""
    monkeypatch.setattr(command, "load_settings", lambda: scene.settings)
    scene.fill()
    assert command.main(["--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["layers"]["batch"]["pin"]["lost"] == 0
    scene.lose(0)
    assert command.main(["--format", "json"]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["layers"]["batch"]["pin"]["lost"] == 6
    assert (
        f"6 lost at log → objects; the first is topic {scene.topic}, partition 0, offset 0" in err
    )


@pytest.mark.parametrize(
    ("update", "name"),
    [
        pytest.param({"kafka_bootstrap": f"{HOST}:1"}, "Kafka", marks=pytest.mark.long),
        ({"aws_endpoint_url": f"http://{HOST}:1"}, "S3"),
    ],
)
def test_a_service_that_is_down_is_named(scene: Scene, update: dict[str, str], name: str) -> None:
    """No traceback: which service, where, and what to do."""
    settings = scene.settings.model_copy(update=update)
    with pytest.raises(LedgerError, match=rf"{name} at .*{HOST}:1 does not answer.*make status"):
        batch_layer(settings)
