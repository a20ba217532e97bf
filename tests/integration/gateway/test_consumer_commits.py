"""What a consumer instance leaves to its group: everything that was handed out, and nothing else."""

import signal
from pathlib import Path
from uuid import uuid4

import pytest

from services.settings import Settings
from tests.integration.gateway.rest_consumer import Consumer, json_consumer, numbers, values
from tests.integration.gateway.running import JSON_V2, RunningGateway, running_gateway
from tests.support.polling import eventually

FEW = "?max_bytes=20"


def _reader(gateway: RunningGateway, group: str, topic: str, **body: str) -> Consumer:
    consumer = json_consumer(gateway, group, **body)
    consumer.subscribe(topic)
    return consumer


def _next_value(gateway: RunningGateway, group: str, topic: str) -> object:
    """Where the group goes on."""
    consumer = _reader(gateway, group, topic, name="next")
    found = values(consumer.read_until(1))
    consumer.delete()
    return found[0]


def test_a_group_goes_on_behind_an_instance_that_was_deleted(
    gateway: RunningGateway, topic: str, group: str
) -> None:
    """auto.commit.enable left out is Kafka's default, true."""
    gateway.produce(topic, numbers(3))
    first = _reader(gateway, group, topic)
    assert values(first.read_until(3)) == [0, 1, 2]
    first.delete()
    gateway.produce(topic, numbers(1, first=3))
    second = _reader(gateway, group, topic)
    assert values(second.read_until(1)) == [3]


def test_nothing_is_committed_when_auto_commit_is_off(
    gateway: RunningGateway, topic: str, group: str
) -> None:
    """The group begins anew, and after a commit behind what was handed out."""
    gateway.produce(topic, numbers(100))
    off = {"auto.commit.enable": "false"}
    first = _reader(gateway, group, topic, **off)
    first.read_until(100)
    first.delete()
    second = _reader(gateway, group, topic, **off)
    handed_out = second.read_until(1, query=FEW)
    assert values(handed_out)[0] == 0
    assert second.call("POST", "/offsets").status == 200
    second.delete()
    assert _next_value(gateway, group, topic) == len(handed_out)


def test_what_was_fetched_and_not_handed_out_is_not_committed(
    gateway: RunningGateway, topic: str, group: str
) -> None:
    """A read that gives few of the records that are there leaves the others to the next instance."""
    gateway.produce(topic, numbers(500))
    seen: list[object] = []
    for _ in range(3):
        consumer = _reader(gateway, group, topic)
        seen += values(consumer.read_until(1, query=FEW))
        consumer.delete()
    last = _reader(gateway, group, topic)
    seen += values(last.read_until(500 - len(seen)))
    assert seen == list(range(500))


def test_a_rebalance_neither_skips_nor_doubles(gateway: RunningGateway, group: str) -> None:
    """Two instances share two partitions; the first had fetched records of both when the second came."""
    topic, count = f"{uuid4().hex[:12]}.pin", 1500
    gateway.create_topic(topic, partitions=2)
    for partition in (0, 1):
        path = f"/topics/{topic}/partitions/{partition}"
        gateway.call("POST", path, numbers(count, first=10_000 * partition), JSON_V2)
    first = _reader(gateway, group, topic, name="first")
    seen = values(first.read_until(1, query=FEW))
    second = _reader(gateway, group, topic, name="second")

    def shared() -> bool:
        for consumer in (first, second):
            seen.extend(values(consumer.read(query=f"{FEW}&timeout=10")))
        return bool(second.call("GET", "/assignments").json["partitions"])

    eventually("a share for the second", shared)
    assert len(seen) < 2 * count

    def all_seen() -> bool:
        for consumer in (first, second):
            seen.extend(values(consumer.read()))
        return len(seen) >= 2 * count

    eventually("all records", all_seen)
    assert sorted(seen) == [*range(count), *range(10_000, 10_000 + count)]


def test_a_seek_is_where_the_group_goes_on(gateway: RunningGateway, topic: str, group: str) -> None:
    """The position is the sought one, as in Kafka's own consumer."""
    gateway.produce(topic, numbers(5))
    consumer = _reader(gateway, group, topic)
    consumer.read_until(5)
    place = {"topic": topic, "partition": 0}
    assert consumer.call("POST", "/positions/beginning", {"partitions": [place]}).status == 204
    consumer.delete()
    assert _next_value(gateway, group, topic) == 0


def test_an_instance_that_is_evicted_commits(
    infra: Settings, folder: Path, topic: str, group: str
) -> None:
    """Idle for GATEWAY_CONSUMER_IDLE seconds it is gone, and its group goes on behind it."""
    chosen = infra.model_copy(update={"gateway_consumer_idle": 1.0})
    with running_gateway(chosen, folder) as gateway:
        gateway.produce(topic, numbers(3))
        consumer = _reader(gateway, group, topic)
        consumer.read_until(3)
        listing = f"/consumers/{group}/instances/c/subscription"
        polled = [gateway.metric("gateway_consumers")]
        eventually("no instance", lambda: not gateway.metric("gateway_consumers"))
        assert polled == [1.0]
        assert gateway.call("GET", listing).status == 404
        gateway.produce(topic, numbers(1, first=3))
        assert _next_value(gateway, group, topic) == 3


@pytest.mark.parametrize(
    "ending", [(signal.SIGTERM, 3), pytest.param((signal.SIGKILL, 0), marks=pytest.mark.long)]
)
def test_the_end_of_the_gateway(
    infra: Settings, folder: Path, topic: str, group: str, ending: tuple[signal.Signals, int]
) -> None:
    """A clean one commits what was handed out; after `kill -9` records come again, and none is left out."""
    number, goes_on_at = ending
    with running_gateway(infra, folder) as gateway:
        gateway.produce(topic, numbers(4))
        consumer = _reader(gateway, group, topic)
        read = consumer.read_until(1, query="?max_bytes=3")
        assert values(read) == [0, 1, 2]
        gateway.process.send_signal(number)
        gateway.process.wait(20)
    with running_gateway(infra, folder) as gateway:
        assert _next_value(gateway, group, topic) == goes_on_at
