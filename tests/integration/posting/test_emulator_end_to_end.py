"""The emulator with the real source, the real gateway and the real Kafka."""

import json
import os
import secrets
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from services.posting.sequence import drawn
from services.records.journal_line import TopicAcked
from services.settings import Settings
from services.source.reader import SourceReader
from services.tables import BY_NAME, TABLES
from tests.integration.gateway.running import RunningGateway, running_gateway
from tests.integration.posting.emulation import Emulation, column, finish
from tests.support.polling import eventually

Log = dict[str, list[dict[str, Any]]]
"""Values in the log, by table, in the order of their offsets."""


@pytest.fixture
def user_settings(infra: Settings, tmp_path: Path) -> Settings:
    """A user of the test's own, with one partition a topic."""
    own = {"user_id": secrets.token_hex(6), "state_dir": tmp_path, "topic_partitions": 1}
    return infra.model_copy(update=own)


def emulation(settings: Settings, gateway: RunningGateway) -> Emulation:
    """An emulator that posts to this gateway."""
    return Emulation(settings.model_copy(update={"gateway_url": gateway.url}))


def read_log(gateway: RunningGateway, user_id: str) -> Log:
    """All that Kafka holds of this user."""
    return {
        table.name: [
            json.loads(value or b"null") for _, value in gateway.records(table.topic(user_id))
        ]
        for table in TABLES
    }


def keys(log: Log) -> Counter[tuple[str, int]]:
    """How often each record is in the log, by table and key."""
    return Counter(
        (table, value[BY_NAME[table].key]) for table, values in log.items() for value in values
    )


def assert_journal_is_in(log: Log, run: Emulation) -> None:
    """Each acked line points at its own record, and no two at the same."""
    acked = [line for line in run.lines() if isinstance(line, TopicAcked)]
    for line in acked:
        assert log[line.table][line.offset][BY_NAME[line.table].key] == line.ind
    assert len({(line.table, line.partition, line.offset) for line in acked}) == len(acked)


@pytest.mark.parametrize("processes", ["1", "2"])
def test_n_turns_are_exactly_three_n_records(
    user_settings: Settings, tmp_path: Path, processes: str
) -> None:
    """Each at the offset that the journal tells, with the source's own values."""
    with running_gateway(user_settings, tmp_path) as gateway:
        run = emulation(user_settings, gateway)
        printed = run.run("--count", "277", "--processes", processes)
        log = read_log(gateway, user_settings.user_id)
    turns = drawn(100, 277)
    assert keys(log) == Counter((table.name, ind) for ind in turns for table in TABLES)
    assert_journal_is_in(log, run)
    assert column(printed, "batch", "pin") == {
        "posted": 277,
        "acked": 277,
        "unknown": 0,
        "failed": 0,
        "missing": 0,
    }
    with SourceReader(user_settings) as source:
        for table in TABLES:
            rows = source.fetch(table, turns)
            assert all(value == rows[value[table.key]] for value in log[table.name])


def test_sequential_posts_the_first_keys_in_order(user_settings: Settings, tmp_path: Path) -> None:
    """One process keeps the order within each topic."""
    with running_gateway(user_settings, tmp_path) as gateway:
        run = emulation(user_settings, gateway)
        run.run("--sequential", "--count", "250", "--batch-size", "30")
        log = read_log(gateway, user_settings.user_id)
    for table in TABLES:
        assert [value[table.key] for value in log[table.name]] == list(range(250))


@pytest.mark.chaos
def test_a_gateway_that_is_killed_and_comes_back_costs_no_record(
    user_settings: Settings, tmp_path: Path
) -> None:
    """Kill -9 in the middle: acked ≤ log ≤ acked + unknown, and all are acked in the end."""
    with running_gateway(user_settings, tmp_path) as gateway:
        run = emulation(user_settings, gateway)
        process = run.start("--count", "400", "--rate", "100")
        eventually("records", lambda: len(run.lines()) > 100)
        gateway.process.kill()
        gateway.process.wait(10)
    port = gateway.settings.gateway_port
    with running_gateway(user_settings, tmp_path, port=port) as gateway:
        printed = finish(process, 0)
        log = read_log(gateway, user_settings.user_id)
    acked = run.acked()
    assert acked == Counter((table.name, ind) for ind in drawn(100, 400) for table in TABLES)
    assert acked <= keys(log) <= acked + run.unknown()
    assert column(printed, "all")["acked"] == 1200
    assert_journal_is_in(log, run)


def test_an_emulator_that_is_killed_leaves_a_journal_that_the_log_covers(
    user_settings: Settings, tmp_path: Path
) -> None:
    """Kill -9 of all its processes: every acked line is in the log; the torn one does no harm."""
    with running_gateway(user_settings, tmp_path) as gateway:
        run = emulation(user_settings, gateway)
        process = run.start("--sequential", "--processes", "2", "--batch-size", "20")
        eventually("records", lambda: len(run.lines()) > 300)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        log = read_log(gateway, user_settings.user_id)
    assert 100 < run.acked().total() < 3 * 11_154
    assert_journal_is_in(log, run)
