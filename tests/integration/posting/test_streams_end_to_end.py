"""The emulator with the real source, gateway and Kafka, and with a real Kinesis that is read by boto3."""

import json
import secrets
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from services.aws import kinesis_client
from services.free_ports import free_port
from services.posting.sequence import drawn
from services.records.journal_line import StreamAcked
from services.records.layer import Layer
from services.settings import HOST, Settings
from services.source.reader import SourceReader
from services.tables import BY_NAME, TABLES
from tests.integration.gateway.running import RunningGateway, running_gateway
from tests.integration.posting.emulation import Emulation, column, expected, finish
from tests.support.kinesis import (
    KinesisUnderTest,
    fail,
    fail_entries,
    kinesis_under_test,
    lose_answer,
    lose_request,
    throttle,
)
from tests.support.polling import eventually

if TYPE_CHECKING:
    from mypy_boto3_kinesis import KinesisClient
    from mypy_boto3_kinesis.type_defs import RecordTypeDef

Stream = dict[tuple[str, str], dict[str, Any]]
"""(shard, sequence number) → value, of one stream."""


@pytest.fixture
def kinesis(tmp_path: Path) -> Iterator[KinesisUnderTest]:
    """A Kinesis of the test's own."""
    with kinesis_under_test(tmp_path / "kinesis") as kinesis:
        yield kinesis


@pytest.fixture
def settings(
    infra: Settings, kinesis: KinesisUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """A user of the test's own, with that Kinesis."""
    return user_settings(infra, kinesis.url, tmp_path, monkeypatch)


def user_settings(
    infra: Settings, aws_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """A user of the test's own; a gateway that is started finds AWS by its environment."""
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    for name, value in {"aws_endpoint_url": aws_url, **keys}.items():
        monkeypatch.setenv(name.upper(), value)
    own = {"user_id": secrets.token_hex(6), "state_dir": folder, "aws_endpoint_url": aws_url}
    secret = {name: SecretStr(value) for name, value in keys.items()}
    return infra.model_copy(update={**own, **secret, "topic_partitions": 1})


def emulation(settings: Settings, gateway: RunningGateway, command: str) -> Emulation:
    """An emulator that posts to this gateway."""
    return Emulation(settings.model_copy(update={"gateway_url": gateway.url}), command)


def read_streams(settings: Settings) -> dict[str, Stream]:
    """All that Kinesis holds of this user, by stream, read as any client of AWS would."""
    client = kinesis_client(settings)
    names = [table.stream(settings.user_id) for table in TABLES]
    return {
        name: {
            (shard["ShardId"], record["SequenceNumber"]): json.loads(record["Data"])
            for shard in client.list_shards(StreamName=name)["Shards"]
            for record in shard_records(client, name, shard["ShardId"])
        }
        for name in names
    }


def shard_records(client: "KinesisClient", stream: str, shard: str) -> Iterator["RecordTypeDef"]:
    """All records of one shard."""
    at: str | None = client.get_shard_iterator(
        StreamName=stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    while at:
        answer = client.get_records(ShardIterator=at)
        yield from answer["Records"]
        behind = answer["Records"] or answer["MillisBehindLatest"]
        at = answer.get("NextShardIterator") if behind else None


def keys(settings: Settings, held: dict[str, Stream]) -> Counter[tuple[str, int]]:
    """How often each record is in the streams, by table and key."""
    return Counter(
        (table.name, value[table.key])
        for table in TABLES
        for value in held[table.stream(settings.user_id)].values()
    )


def assert_journal_is_in(held: dict[str, Stream], run: Emulation) -> None:
    """Each acked line points at its own record, and no two at the same."""
    acked = [line for line in run.lines(Layer.SPEED) if isinstance(line, StreamAcked)]
    for line in acked:
        value = held[line.stream][line.shard_id, line.sequence_number]
        assert value[BY_NAME[line.table].key] == line.ind
    places = {(line.stream, line.shard_id, line.sequence_number) for line in acked}
    assert len(places) == len(acked)


@pytest.mark.parametrize("batch_size", ["1", "1000"])
def test_n_turns_are_exactly_three_n_records_in_each_layer(
    settings: Settings, tmp_path: Path, batch_size: str
) -> None:
    """With the source's own values, over both shards, where the journal says."""
    with running_gateway(settings, tmp_path) as gateway:
        run = emulation(settings, gateway, "both")
        printed = run.run("--count", "277", "--batch-size", batch_size)
        topics = {table: gateway.log_end(table.topic(settings.user_id)) for table in TABLES}
    held = read_streams(settings)
    assert keys(settings, held) == run.acked(Layer.SPEED) == expected(277)
    assert run.acked(Layer.BATCH) == expected(277)
    assert topics == dict.fromkeys(TABLES, 277)
    assert_journal_is_in(held, run)
    for stream in held.values():
        assert len({shard for shard, _ in stream}) == settings.stream_shards
    for layer in Layer:
        counts = column(printed, layer, "pin")
        assert (counts["posted"], counts["acked"], counts["unknown"]) == (277, 277, 0)
    with SourceReader(settings) as source:
        for table in TABLES:
            rows = source.fetch(table, drawn(100, 277))
            values = held[table.stream(settings.user_id)].values()
            assert all(value == rows[value[table.key]] for value in values)


def test_faults_of_kinesis_cost_no_record(
    settings: Settings, kinesis: KinesisUnderTest, tmp_path: Path
) -> None:
    """Throttled, failed in part, broken off: acked ≤ stream ≤ acked + unknown, and all are acked."""
    for fault in (
        throttle(),
        fail_entries(0, 2, 3),
        lose_answer(),
        fail(),
        lose_request(),
        fail_entries(*range(100), type_name="InternalFailure"),
        lose_answer(),
        throttle(),
    ):
        kinesis.inject("PutRecords", fault)
    with running_gateway(settings, tmp_path) as gateway:
        run = emulation(settings, gateway, "speed")
        run.run("--count", "200", "--batch-size", "20")
    assert not kinesis.pending
    held = read_streams(settings)
    acked, unknown = run.acked(Layer.SPEED), run.unknown(Layer.SPEED)
    assert acked == expected(200)
    assert acked <= keys(settings, held) <= acked + unknown
    assert unknown
    assert_journal_is_in(held, run)


@pytest.mark.chaos
def test_a_gateway_that_is_killed_and_comes_back_costs_no_record_of_either_layer(
    settings: Settings, tmp_path: Path
) -> None:
    """Kill -9 in the middle: what is in the streams is what the journal allows for."""
    with running_gateway(settings, tmp_path) as gateway:
        run = emulation(settings, gateway, "both")
        process = run.start("--count", "400", "--rate", "100")
        eventually("records", lambda: len(run.lines(Layer.SPEED)) > 100)
        gateway.process.kill()
        gateway.process.wait(10)
    with running_gateway(settings, tmp_path, port=gateway.settings.gateway_port):
        finish(process, 0)
    held = read_streams(settings)
    acked = run.acked(Layer.SPEED)
    assert acked == run.acked(Layer.BATCH) == expected(400)
    assert acked <= keys(settings, held) <= acked + run.unknown(Layer.SPEED)
    assert_journal_is_in(held, run)


@pytest.mark.chaos
def test_a_kinesis_that_goes_and_comes_back_costs_no_record(
    infra: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gateway says that nothing was stored, and the emulator comes again."""
    port = free_port()
    settings = user_settings(infra, f"http://{HOST}:{port}", tmp_path, monkeypatch)
    with running_gateway(settings, tmp_path) as gateway:
        run = emulation(settings, gateway, "speed")
        with kinesis_under_test(tmp_path / "kinesis", port=port):
            process = run.start("--count", "300", "--rate", "60")
            eventually("records", lambda: len(run.lines(Layer.SPEED)) > 100)
        with kinesis_under_test(tmp_path / "kinesis", port=port):
            finish(process, 0)
            held = read_streams(settings)
    acked = run.acked(Layer.SPEED)
    assert acked == expected(300)
    assert acked <= keys(settings, held) <= acked + run.unknown(Layer.SPEED)
    assert_journal_is_in(held, run)


def test_without_kinesis_nothing_is_posted_and_the_way_around_is_told(
    infra: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both layers or none; Kafka alone can be posted to."""
    settings = user_settings(infra, f"http://{HOST}:{free_port()}", tmp_path, monkeypatch)
    with running_gateway(settings, tmp_path) as gateway:
        run = emulation(settings, gateway, "both")
        printed = run.run("--count", "5", expect=1)
        assert "does not reach Kinesis" in printed
        assert "make emulate LAYER=batch" in printed
        assert not run.lines(Layer.BATCH)
        emulation(settings, gateway, "batch").run("--count", "5")
    assert run.acked(Layer.BATCH) == expected(5)
