"""The emulator's streams, alone and beside the topics, against a gateway that misbehaves."""

import os
import signal

import pytest

from services.records.journal_line import StreamAcked
from services.records.layer import Layer
from services.settings import Settings
from services.tables import BY_NAME, TABLES
from tests.integration.posting.emulation import Emulation, column, expected, finish
from tests.integration.posting.stub_gateway import (
    SHARDS,
    Behaviour,
    StubGateway,
    bad_gateway,
    busy,
    crash_after,
    crash_before,
    fail,
    half,
    none,
    pretend,
    refuse,
    stall,
    throttle,
    time_out,
    too_many,
)
from tests.support.polling import eventually

TURNS = 40
CERTAIN: dict[str, list[Behaviour]] = {
    "works": [],
    "is busy": [busy] * 6,
    "throttles": [throttle, too_many, throttle, throttle],
    "stores half": [half] * 9,
    "stores none": [none] * 4,
}
DOUBTFUL: dict[str, list[Behaviour]] = {
    "crashes before it stores": [crash_before] * 5,
    "crashes after it stored": [crash_after] * 4,
    "stops in the middle of an answer": [stall] * 3,
    "breaks after it stored": [fail, fail],
    "is too slow": [time_out] * 3,
    "sits behind a proxy that fails": [bad_gateway, busy, bad_gateway],
    "does it all": [half, crash_after, throttle, stall, busy, fail, time_out, crash_before, none],
}


@pytest.fixture
def speed(settings: Settings) -> Emulation:
    """An emulator of the speed layer."""
    return Emulation(settings, "speed")


@pytest.fixture
def both(settings: Settings) -> Emulation:
    """An emulator of both layers."""
    return Emulation(settings, "both")


@pytest.mark.parametrize("script", CERTAIN.values(), ids=CERTAIN.keys())
@pytest.mark.parametrize("batch_size", ["1", "10"])
def test_each_record_lands_exactly_once(
    speed: Emulation, gateway: StubGateway, script: list[Behaviour], batch_size: str
) -> None:
    """Where Kinesis tells what it did, nothing is lost, doubled or unknown, on both routes."""
    gateway.scripts[Layer.SPEED] = list(script)
    printed = speed.run("--count", str(TURNS), "--batch-size", batch_size)
    assert gateway.stored(Layer.SPEED) == speed.acked(Layer.SPEED) == expected(TURNS)
    assert not speed.unknown(Layer.SPEED)
    assert column(printed, "all")["acked"] == 3 * TURNS


@pytest.mark.parametrize("script", DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_doubled_records_are_known_as_unknown(
    speed: Emulation, gateway: StubGateway, script: list[Behaviour]
) -> None:
    """Acked ≤ stream ≤ acked + unknown, record by record, and all are acked in the end."""
    gateway.scripts[Layer.SPEED] = list(script)
    printed = speed.run("--count", str(TURNS), "--batch-size", "10")
    acked, unknown = speed.acked(Layer.SPEED), speed.unknown(Layer.SPEED)
    assert acked == expected(TURNS)
    assert unknown
    assert acked <= gateway.stored(Layer.SPEED) <= acked + unknown
    assert column(printed, "speed", "pin")["acked"] == TURNS
    assert column(printed, "all")["unknown"] == unknown.total()


def test_the_journal_names_each_records_shard_and_sequence_number(
    speed: Emulation, gateway: StubGateway
) -> None:
    """Each acked line points at its own record, no two at the same, and both shards are used."""
    gateway.scripts[Layer.SPEED] = [half, half, half]
    speed.run("--count", str(TURNS))
    places = {
        (stream, entry["ShardId"], entry["SequenceNumber"]): value
        for stream, entries in gateway.entries.items()
        for entry, value in zip(entries, gateway.log[stream], strict=True)
    }
    lines = [line for line in speed.lines(Layer.SPEED) if isinstance(line, StreamAcked)]
    for line in lines:
        value = places.pop((line.stream, line.shard_id, line.sequence_number))
        assert value[BY_NAME[line.table].key] == line.ind
    assert not places
    assert {line.shard_id for line in lines} == set(SHARDS)


@pytest.mark.parametrize(("behaviour", "cause"), [(refuse, "[/Media]"), (pretend, "<html>")])
def test_what_cannot_be_delivered_is_exit_code_1_with_its_cause(
    speed: Emulation, gateway: StubGateway, behaviour: Behaviour, cause: str
) -> None:
    """It is tried once, not for ever, and the neighbours of the others land."""
    gateway.scripts[Layer.SPEED] = [behaviour]
    printed = speed.run("--count", "10", "--batch-size", "5", expect=1)
    assert column(printed, "all")["failed"] == 5
    assert column(printed, "all")["acked"] == 25
    assert cause in printed


def test_both_layers_get_the_same_turns(both: Emulation, gateway: StubGateway) -> None:
    """The course's sequence is in the topics and in the streams, and in a journal for each."""
    gateway.scripts = {Layer.BATCH: [busy, half], Layer.SPEED: [half, throttle, busy]}
    printed = both.run("--count", str(TURNS), "--processes", "2", "--batch-size", "7")
    for layer in Layer:
        assert gateway.stored(layer) == both.acked(layer) == expected(TURNS)
        assert len(both.journals(layer)) == 2
        for table in TABLES:
            assert column(printed, layer, table.name)["acked"] == TURNS
    assert column(printed, "all")["acked"] == 6 * TURNS
    assert f"{TURNS} of {TURNS} turns" in printed


def test_doubt_in_one_layer_leaves_the_other_sure(both: Emulation, gateway: StubGateway) -> None:
    """A lost answer of Kinesis does not send anything to Kafka again."""
    gateway.scripts[Layer.SPEED] = [crash_after, time_out, crash_after]
    both.run("--count", str(TURNS), "--batch-size", "10")
    assert both.unknown(Layer.SPEED)
    assert not both.unknown(Layer.BATCH)
    assert gateway.stored(Layer.BATCH) == both.acked(Layer.BATCH) == expected(TURNS)


@pytest.mark.parametrize(
    ("away", "other", "name"), [(Layer.SPEED, "batch", "Kinesis"), (Layer.BATCH, "speed", "Kafka")]
)
def test_a_layer_that_is_away_at_the_start_is_named(
    both: Emulation, gateway: StubGateway, away: Layer, other: str, name: str
) -> None:
    """Nothing is posted to either; the message says how to post to the other one only."""
    gateway.reached[away] = (503, {"message": "does not answer"})
    printed = both.run("--count", "5", expect=1)
    assert f"does not reach {name} (HTTP 503" in printed
    assert f"make emulate LAYER={other}" in printed
    assert not gateway.log
    assert not both.settings.journal_dir.exists()


def test_when_both_are_away_no_other_layer_is_advised(
    both: Emulation, gateway: StubGateway
) -> None:
    """Both are named."""
    gateway.reached = dict.fromkeys(Layer, (503, {"message": "does not answer"}))
    printed = both.run("--count", "5", expect=1)
    assert "does not reach Kafka" in printed
    assert "does not reach Kinesis" in printed
    assert "LAYER=" not in printed


def test_a_layer_that_stays_away_ends_the_run_and_is_named(
    both: Emulation, gateway: StubGateway
) -> None:
    """What the other layer took in the meantime is acked; the turns left are named."""
    gateway.otherwise[Layer.SPEED] = busy
    printed = both.run("--count", "10", "--batch-size", "5", "--deadline", "0.5", expect=1)
    assert "Not one record got through to Kinesis" in printed
    assert "5 turns were not delivered" in printed
    assert both.acked(Layer.BATCH) == gateway.stored(Layer.BATCH) == expected(5)
    assert not both.acked(Layer.SPEED)


def test_ctrl_c_settles_both_layers(both: Emulation, gateway: StubGateway) -> None:
    """Every turn that was taken is in both, and both journals agree with what was stored."""
    process = both.start("--rate", "50", "--count", "10000")
    eventually("some records", lambda: gateway.served > 40)
    os.killpg(process.pid, signal.SIGINT)
    printed = finish(process, 130)
    assert both.acked(Layer.BATCH) == both.acked(Layer.SPEED)
    for layer in Layer:
        assert both.acked(layer) == gateway.stored(layer)
    assert "turns were not taken" in printed


def test_killed_as_a_whole_it_leaves_journals_that_both_logs_cover(
    both: Emulation, gateway: StubGateway
) -> None:
    """Kill -9 of all its processes: every acked line of either layer is stored."""
    process = both.start("--rate", "100", "--count", "10000")
    eventually("some records", lambda: gateway.served > 40)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    for layer in Layer:
        assert both.acked(layer)
        assert both.acked(layer) <= gateway.stored(layer)
