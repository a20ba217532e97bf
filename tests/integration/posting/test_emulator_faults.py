"""The emulator against a gateway that misbehaves in every way; the source is real."""

import os
import secrets
import signal

import psutil
import pytest

from services.records.layer import Layer
from services.settings import Settings
from services.tables import TABLES
from tests.integration.posting.emulation import Emulation, column, expected, finish
from tests.integration.posting.stub_gateway import (
    Behaviour,
    StubGateway,
    bad_gateway,
    busy,
    crash_after,
    crash_before,
    half,
    hang,
    pretend,
    refuse,
    stall,
    too_many,
)
from tests.support.polling import eventually

TURNS = 40
CERTAIN: dict[str, list[Behaviour]] = {
    "works": [],
    "is busy": [busy] * 6,
    "wants it slower": [too_many, too_many],
    "stores half": [half] * 9,
}
DOUBTFUL: dict[str, list[Behaviour]] = {
    "crashes before it stores": [crash_before] * 5,
    "crashes after it stored": [crash_after] * 4,
    "stops in the middle of an answer": [stall] * 3,
    "sits behind a proxy that fails": [bad_gateway, busy, bad_gateway],
    "does it all": [half, crash_after, too_many, stall, busy, bad_gateway, crash_before, half],
}


@pytest.fixture
def emulation(settings: Settings) -> Emulation:
    """An emulator between the real source and that gateway."""
    return Emulation(settings)


@pytest.mark.parametrize("script", CERTAIN.values(), ids=CERTAIN.keys())
def test_each_record_lands_exactly_once(
    emulation: Emulation, gateway: StubGateway, script: list[Behaviour]
) -> None:
    """Where the gateway tells what it did, nothing is lost, doubled or unknown."""
    gateway.scripts[Layer.BATCH] = list(script)
    printed = emulation.run("--count", str(TURNS), "--batch-size", "10")
    assert gateway.stored(Layer.BATCH) == emulation.acked() == expected(TURNS)
    assert not emulation.unknown()
    assert column(printed, "all")["acked"] == 3 * TURNS


@pytest.mark.parametrize("script", DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_doubled_records_are_known_as_unknown(
    emulation: Emulation, gateway: StubGateway, script: list[Behaviour]
) -> None:
    """Acked ≤ log ≤ acked + unknown, record by record, and all are acked in the end."""
    gateway.scripts[Layer.BATCH] = list(script)
    printed = emulation.run("--count", str(TURNS), "--batch-size", "10")
    acked, log = emulation.acked(), gateway.stored(Layer.BATCH)
    assert acked == expected(TURNS)
    assert emulation.unknown()
    assert acked <= log <= acked + emulation.unknown()
    assert column(printed, "all")["unknown"] == emulation.unknown().total()


def test_offsets_in_the_journal_are_the_logs(emulation: Emulation, gateway: StubGateway) -> None:
    """Each acked line points at its own record."""
    gateway.scripts[Layer.BATCH] = [half, half, half]
    emulation.run("--count", str(TURNS))
    keys = {table.name: table.key for table in TABLES}
    for line in emulation.lines():
        value = gateway.log[line.topic][line.offset]  # type: ignore[union-attr]
        assert value[keys[line.table]] == line.ind


@pytest.mark.parametrize(("behaviour", "cause"), [(refuse, "[/Media]"), (pretend, "<html>")])
def test_what_cannot_be_delivered_is_exit_code_1_with_its_cause(
    emulation: Emulation, gateway: StubGateway, behaviour: Behaviour, cause: str
) -> None:
    """It is tried once, not for ever, and the neighbours of the others land."""
    gateway.scripts[Layer.BATCH] = [behaviour]
    printed = emulation.run("--count", "10", "--batch-size", "5", expect=1)
    assert column(printed, "all")["failed"] == 5
    assert column(printed, "all")["acked"] == 25
    assert cause in printed
    assert "5 records failed" in printed


def test_a_gateway_that_stays_busy_is_given_up_after_the_deadline(
    emulation: Emulation, gateway: StubGateway
) -> None:
    """Exit code 1; the turns that were not tried any more are named."""
    gateway.otherwise[Layer.BATCH] = busy
    printed = emulation.run("--count", "10", "--batch-size", "5", "--deadline", "0.5", expect=1)
    assert "Not one record got through" in printed
    assert "5 turns were not delivered" in printed
    assert not emulation.acked()


def test_several_processes_post_the_same_turns(emulation: Emulation, gateway: StubGateway) -> None:
    """The sequence is dealt out: the records are those of one process, the journals two."""
    printed = emulation.run("--count", "50", "--processes", "2", "--batch-size", "7")
    assert gateway.stored(Layer.BATCH) == emulation.acked() == expected(50)
    assert len(emulation.journals()) == 2
    assert column(printed, "all")["acked"] == 150


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_when_all_that_was_sent_is_settled(
    emulation: Emulation, gateway: StubGateway, number: signal.Signals
) -> None:
    """The whole process group gets it, as from a terminal; journal and log agree."""
    process = emulation.start("--rate", "50", "--count", "10000", "--processes", "2")
    eventually("some records", lambda: gateway.served > 20)
    os.killpg(process.pid, number)
    printed = finish(process, 128 + number)
    assert gateway.stored(Layer.BATCH) == emulation.acked()
    assert column(printed, "all")["acked"] == emulation.acked().total()
    assert "turns were not taken" in printed


def test_a_second_signal_ends_the_run_at_once(emulation: Emulation, gateway: StubGateway) -> None:
    """Who cannot wait for an answer that does not come gets an account of what is open."""
    gateway.otherwise[Layer.BATCH] = hang
    process = emulation.start("--count", "10")
    eventually("requests", lambda: gateway.served == 3)
    process.send_signal(signal.SIGINT)
    assert process.stdout
    assert "Finishing what is under way" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    printed = finish(process, 1)
    assert "10 turns were not delivered" in printed


def test_a_killed_worker_is_noticed_and_its_turns_are_named(
    emulation: Emulation, gateway: StubGateway
) -> None:
    """The other worker posts all of its turns, and what the dead one acked counts."""
    process = emulation.start("--rate", "50", "--count", "100", "--processes", "2")
    eventually("some records", lambda: gateway.served > 20)
    victim = next(
        child
        for child in psutil.Process(process.pid).children()
        if "spawn_main" in " ".join(child.cmdline())
    )
    victim.kill()
    printed = finish(process, 1)
    acked = emulation.acked()
    assert f"Worker {victim.pid} was killed by signal 9" in printed
    assert "turns were not delivered" in printed
    assert acked <= gateway.stored(Layer.BATCH)
    assert column(printed, "all")["acked"] == acked.total()
    assert column(printed, "all")["failed"] == 300 - acked.total()


def test_killed_as_a_whole_it_leaves_a_journal_that_the_log_covers(
    emulation: Emulation, gateway: StubGateway
) -> None:
    """Kill -9 of the emulator: its worker ends too, and every acked line is in the log."""
    process = emulation.start("--rate", "100", "--count", "10000")
    eventually("some records", lambda: gateway.served > 20)
    workers = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.communicate()
    eventually("the worker's end", lambda: not any(map(psutil.pid_exists, _pids(workers))))
    assert emulation.acked()
    assert emulation.acked() == gateway.stored(Layer.BATCH)


def _pids(processes: list[psutil.Process]) -> list[int]:
    """Those that still run; a zombie does not."""
    return [
        each.pid
        for each in processes
        if each.is_running() and each.status() != psutil.STATUS_ZOMBIE
    ]


def test_an_empty_source_says_make_load(emulation: Emulation, infra: Settings) -> None:
    """A database without the tables, or without rows, is no silent success."""
    nowhere = infra.model_copy(
        update={
            "mysql_database": f"none_{secrets.token_hex(4)}",
            "gateway_url": emulation.settings.gateway_url,
            "state_dir": emulation.settings.state_dir,
        }
    )
    printed = Emulation(nowhere).run("--count", "1", expect=1)
    assert "make up" in printed or "make load" in printed
