"""Many clients at once: what they were told, against what is in the stream."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import urllib3

from services.free_ports import free_port
from services.settings import PROJECT_ROOT
from tests.integration.gateway.running import RunningGateway
from tests.integration.gateway.streams import project_stream, stored, streaming_gateway
from tests.support.kinesis import (
    KinesisUnderTest,
    fail_entries,
    kinesis_under_test,
    lose_answer,
)
from tests.support.polling import eventually

CLIENTS = 32


class Load:
    """Clients that post a different number each time, to one stream, until they are stopped.

    Attributes:
        acked: Number → the shard and sequence number that its client was told.
        unknown: Numbers whose fate nobody could tell.
        refused: Numbers that were certainly not stored.
        problems: Answers that a client cannot make sense of.
    """

    def __init__(self, gateway: RunningGateway, stream: str) -> None:
        self.gateway = gateway
        self.stream = stream
        self.acked: dict[int, tuple[str, str]] = {}
        self.unknown: set[int] = set()
        self.refused: set[int] = set()
        self.problems: list[str] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._post, args=(n,)) for n in range(CLIENTS)]

    @contextmanager
    def running(self) -> Iterator["Load"]:
        """Post while the block runs."""
        for thread in self._threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            for thread in self._threads:
                thread.join(60)

    def await_more(self, records: int) -> None:
        """Wait until so many more records are acked."""
        enough = len(self.acked) + records
        eventually(f"{records} more records", lambda: len(self.acked) >= enough)

    def _post(self, number: int) -> None:
        while not self._stop.is_set():
            try:
                answer = self.gateway.put(
                    f"{self.stream}/record", {"Data": number, "PartitionKey": str(number)}
                )
            except urllib3.exceptions.NewConnectionError:
                return
            except urllib3.exceptions.HTTPError:
                self.unknown.add(number)
                return
            self._note(number, answer.status, answer.json, "Retry-After" in answer.headers)
            number += CLIENTS

    def _note(self, number: int, status: int, told: dict[str, str], later: object) -> None:
        if status == 200:
            self.acked[number] = told["ShardId"], told["SequenceNumber"]
        elif status == 503 and later:
            self.refused.add(number)
        elif status == 500:
            self.unknown.add(number)
        else:
            self.problems.append(f"{number}: {status} {told}")

    def assert_true(self) -> None:
        """Acked: there, once, at that place. Refused: not there. Unknown: there at most once."""
        assert not self.problems
        found: dict[int, tuple[str, str]] = {}
        for shard, sequence_number, key, data in stored(self.gateway.settings, self.stream):
            number = json.loads(data)
            assert key == str(number)
            assert number not in found, f"{number} is stored twice"
            found[number] = shard, sequence_number
        assert {number: found.get(number) for number in self.acked} == self.acked
        assert not self.refused & found.keys()
        assert found.keys() - self.acked.keys() <= self.unknown


def test_each_client_gets_its_own_number(proxy: RunningGateway, kinesis: KinesisUnderTest) -> None:
    """Records that travelled together; fewer calls than records show that they did."""
    load = Load(proxy, project_stream())
    before = kinesis.calls.count("PutRecords")
    with load.running():
        eventually("1,000 records", lambda: len(load.acked) > 1000)
    load.assert_true()
    assert not load.unknown
    assert not load.refused
    assert kinesis.calls.count("PutRecords") - before < len(load.acked) / 2


def test_faults_under_load(proxy: RunningGateway, kinesis: KinesisUnderTest) -> None:
    """Partial failures are healed unseen; lost answers are told as unknown; nothing is doubled."""
    load = Load(proxy, project_stream())
    with load.running():
        for _ in range(20):
            kinesis.inject("PutRecords", fail_entries(0, 2, 3))
            kinesis.inject("PutRecords", lose_answer())
            eventually("the faults to be met", lambda: not kinesis.pending)
        load.await_more(200)
    load.assert_true()
    assert load.unknown
    assert not load.refused


@contextmanager
def killed_kinesis(data: Path, port: int) -> Iterator[None]:
    """A Kinesis in a process of its own, which ends by SIGKILL."""
    command = ["-m", "services.kinesis", "--port", str(port), "--data", str(data)]
    with (data.parent / "kinesis.log").open("ab") as log:
        process = subprocess.Popen([sys.executable, *command], cwd=PROJECT_ROOT, stderr=log)
    try:
        yield
    finally:
        process.kill()
        process.wait(10)


@pytest.mark.chaos
def test_kinesis_is_killed_under_load(tmp_path: Path) -> None:
    """Three times in the middle of the load: no acked record is lost, none is doubled."""
    data, stream, port = tmp_path / "kinesis", project_stream(), free_port()
    with streaming_gateway(port, tmp_path) as gateway:
        load = Load(gateway, stream)
        with load.running():
            for _ in range(3):
                with killed_kinesis(data, port):
                    load.await_more(500)
        with kinesis_under_test(data, port=port):
            load.assert_true()


def test_sigterm_under_load_ends_accepted_requests(
    kinesis: KinesisUnderTest, tmp_path: Path
) -> None:
    """Every request that was accepted has its answer, and the process ends in order."""
    with streaming_gateway(kinesis.port, tmp_path) as gateway:
        load = Load(gateway, project_stream())
        with load.running():
            eventually("500 records", lambda: len(load.acked) > 500)
            assert gateway.stop() == 0
    load.assert_true()
    assert not load.refused


@pytest.mark.chaos
def test_sigterm_while_kinesis_is_away(tmp_path: Path) -> None:
    """What waits is told that it is not stored, and the process ends within its limits."""
    with streaming_gateway(1, tmp_path) as gateway:
        load = Load(gateway, project_stream())
        with load.running():
            eventually("requests that wait", lambda: _waiting(gateway) == CLIENTS)
            assert gateway.stop() == 0
    assert not load.acked
    assert not load.problems
    assert len(load.refused) >= CLIENTS - len(load.unknown)


def _waiting(gateway: RunningGateway) -> int:
    """Records that the gateway holds for Kinesis."""
    page = gateway.call("GET", "/metrics").body.decode()
    lines = [line for line in page.splitlines() if line.startswith("gateway_stream_queue_records ")]
    return int(float(lines[0].split()[1]))
