"""A REST proxy that is killed while records go through it, and one that never answers."""

import itertools
import signal
import socket
import threading
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

from services.settings import HOST, Settings
from tests.integration.gateway.running import RunningGateway, running_gateway
from tests.support.polling import eventually
from tests.support.rest_peer import rest_peer

CLIENTS = 16
ENOUGH = 400


class Senders:
    """Clients that post numbered records, each number once, until enough of them are stored."""

    def __init__(self, gateway: RunningGateway, topic: str) -> None:
        self._gateway = gateway
        self._topic = topic
        self._numbers = itertools.count()
        self.goal = ENOUGH
        self.stored: dict[int, int] = {}
        self.unknown: set[int] = set()
        self.refused: set[int] = set()
        self._threads = [threading.Thread(target=self._post) for _ in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def _post(self) -> None:
        while len(self.stored) < self.goal:
            number = next(self._numbers)
            answer = self._gateway.produce(self._topic, f'{{"records":[{{"value":{number}}}]}}')
            if answer.status == 200:
                self.stored[number] = answer.offsets[0]
            else:
                code = answer.json["error_code"]
                {50003: self.unknown, 50302: self.refused}[code].add(number)

    def end(self) -> None:
        """Wait until enough is stored."""
        for thread in self._threads:
            thread.join(60)


@pytest.fixture
def port() -> int:
    """A port for a proxy that comes back."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        chosen: int = probe.getsockname()[1]
    return chosen


@pytest.mark.chaos
def test_a_proxy_that_is_killed(infra: Settings, topic: str, folder: Path, port: int) -> None:
    """Stored is in the log once, refused is not, unknown is at most once; then all goes on by itself."""
    chosen = infra.model_copy(update={"kafka_rest_url": f"http://{HOST}:{port}"})
    (folder / "proxy").mkdir()
    with ExitStack() as stack:
        first = stack.enter_context(running_gateway(infra, folder / "proxy", port=port))
        gateway = stack.enter_context(running_gateway(chosen, folder))
        senders = Senders(gateway, topic)
        eventually("the first records", lambda: len(senders.stored) > ENOUGH / 8)
        first.process.send_signal(signal.SIGKILL)
        eventually("a refused record", lambda: senders.refused)
        stack.enter_context(running_gateway(infra, folder / "proxy", port=port))
        senders.goal = len(senders.stored) + ENOUGH
        senders.end()
        log = [int(value or b"-1") for _, value in gateway.records(topic)]
    counts = Counter(log)
    assert {number: log[offset] for number, offset in senders.stored.items()} == {
        number: number for number in senders.stored
    }
    assert set(counts.values()) == {1}
    assert counts.keys().isdisjoint(senders.refused)
    assert counts.keys() <= senders.stored.keys() | senders.unknown


@pytest.mark.long
def test_a_gateway_that_stops_before_a_silent_proxy(
    infra: Settings, topic: str, folder: Path
) -> None:
    """SIGTERM: whoever waits hears that it is unknown, and the process ends without the proxy's leave."""
    codes: list[int] = []
    with rest_peer(lambda seen: None if seen.method == "POST" else b"") as peer:
        chosen = infra.model_copy(update={"kafka_rest_url": peer.url})
        with running_gateway(chosen, folder, await_kafka=False) as gateway:

            def post() -> None:
                answer = gateway.produce(topic, '{"records":[{"value":1}]}')
                codes.append(answer.json["error_code"])

            client = threading.Thread(target=post)
            client.start()
            eventually("the request", lambda: any(seen.method == "POST" for seen in peer.seen))
            assert gateway.stop() == 0
            client.join()
    assert codes == [50003]
