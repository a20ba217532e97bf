"""The sink against real Kafka and S3."""

import base64
import json
import random
import signal
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest
from confluent_kafka import Producer

from services.s3_sink.__main__ import main
from services.s3_sink.wait import WaitError, wait
from tests.support.polling import eventually

if TYPE_CHECKING:
    from conftest import Rig  # type: ignore[import-not-found]


def _rows(first: int, count: int) -> list[bytes | None]:
    return [b'{"index":%d}' % n for n in range(first, first + count)]


def _past(deadline: float) -> bool:
    return time.monotonic() > deadline


def _expected(count: int) -> dict[int, bytes]:
    return {n: b'{"index":%d}' % n for n in range(count)}


def test_files_close_by_size_and_then_by_time(rig: "Rig") -> None:
    """Flush size 3, seven records: objects at 0 and 3; the seventh record waits for the clock."""
    rig.make_topic()
    rig.start(SINK_FLUSH_SIZE="3")
    rig.produce(_rows(0, 7))
    rig.wait()
    prefix = f"topics/{rig.topic}/partition=0/{rig.topic}+0+000000000"
    assert list(rig.objects()) == [f"{prefix}{first}.json" for first in (0, 3, 6)]
    assert rig.objects()[f"{prefix}6.json"] == b'{"index":6}\n'


def test_a_topic_that_appears_later_is_followed(rig: "Rig") -> None:
    """The sink starts before there is anything to read; all partitions of the new topic are sunk."""
    rig.start()
    rig.make_topic(partitions=2)
    rig.produce(_rows(0, 5), partition=0)
    rig.produce(_rows(0, 25), partition=1)
    rig.wait()
    assert rig.lines(0) == _expected(5)
    assert rig.lines(1) == _expected(25)


def test_no_value_breaks_its_line(rig: "Rig") -> None:
    """Null, pretty-printed JSON, a megabyte, no JSON at all: one line each, in order."""
    large = b'{"t":"%b"}' % (b"x" * 1_000_000)
    values = [None, b'{\n "n": 12345678901234567890123\n}', b"\xff\n\xfe", large, b'{"a":NaN}', b""]
    rig.make_topic()
    rig.start()
    rig.produce(values)
    rig.wait()
    lines = rig.lines()
    assert lines[0] == b"null"
    assert lines[1] == b'{"n":12345678901234567890123}'
    assert lines[3] == large
    for offset in (2, 4, 5):
        assert base64.b64decode(json.loads(lines[offset])["_base64"]) == values[offset]


def test_an_object_begins_after_a_gap_in_the_log(rig: "Rig") -> None:
    """Transactions leave offsets without a record: first offset + line number is still the offset."""
    rig.make_topic()
    rig.start()
    producer = Producer(
        {"bootstrap.servers": rig.settings.kafka_bootstrap, "transactional.id": rig.topic}
    )
    producer.init_transactions(30)
    for first, end in ((0, 3), (3, 5), (5, 6)):
        producer.begin_transaction()
        for n in range(first, end):
            producer.produce(rig.topic, b'{"index":%d}' % n, partition=0)
        producer.commit_transaction(30)
    rig.wait()
    # Markers stand at offsets 3, 6 and 8.
    indexes = {offset: json.loads(line)["index"] for offset, line in rig.lines().items()}
    assert indexes == {0: 0, 1: 1, 2: 2, 4: 3, 5: 4, 7: 5}


@pytest.mark.parametrize("seed", range(3))
def test_kill_9_again_and_again(rig: "Rig", seed: int) -> None:
    """Killed at five random moments: no object that was visible changes, every record is there once."""
    dice = random.Random(seed)  # noqa: S311 -- reproducible moments
    rig.make_topic()
    seen: dict[str, bytes] = {}
    for life in range(5):
        sink = rig.start()
        rig.produce(_rows(200 * life, 200))
        deadline = time.monotonic() + dice.uniform(0, 0.4)
        eventually("the moment", partial(_past, deadline))
        sink.send_signal(signal.SIGKILL)
        sink.wait(30)
        assert seen.items() <= rig.objects().items()
        seen = rig.objects()
    rig.start()
    rig.wait()
    assert seen.items() <= rig.objects().items()
    assert rig.lines() == _expected(1000)


def test_sigterm_ends_at_once_and_leaves_nothing_half_done(rig: "Rig") -> None:
    """The open file is left to the next run, whole."""
    rig.make_topic()
    sink = rig.start(SINK_ROTATE_INTERVAL="600")
    rig.produce(_rows(0, 15))
    eventually("the first object", lambda: len(rig.objects()) == 1)
    sink.terminate()
    assert sink.wait(15) == 0
    assert rig.lines() == _expected(10)
    rig.start()
    rig.wait()
    assert rig.lines() == _expected(15)


def test_a_bucket_lost_while_idle_comes_back(rig: "Rig") -> None:
    """Same keys, same bytes, without a new record."""
    rig.make_topic()
    rig.start()
    rig.produce(_rows(0, 57))
    rig.wait()
    before = rig.objects()
    rig.lose_bucket()
    eventually("the same objects", lambda: rig.objects() == before)


def test_a_bucket_lost_in_the_middle_of_work_comes_back(rig: "Rig") -> None:
    """Records come in before, meanwhile and after; the old objects come back as they were."""
    rig.make_topic()
    rig.start()
    rig.produce(_rows(0, 50))
    rig.wait()
    before = rig.objects()
    rig.produce(_rows(50, 300))
    rig.lose_bucket()
    rig.produce(_rows(350, 50))
    rig.wait()
    eventually("all records", lambda: len(rig.lines()) == 400)
    assert before.items() <= rig.objects().items()
    assert rig.lines() == _expected(400)


def test_single_objects_that_were_deleted_come_back_at_a_start(rig: "Rig") -> None:
    """A restarted sink compares the bucket with its manifest."""
    rig.make_topic()
    sink = rig.start()
    rig.produce(_rows(0, 50))
    rig.wait()
    sink.terminate()
    sink.wait(15)
    before = rig.objects()
    rig.delete(list(before)[1:3])
    rig.start()
    assert rig.objects() == before


def test_two_sinks_at_once_corrupt_nothing(rig: "Rig") -> None:
    """They cut differently, and still every offset is in one object."""
    rig.make_topic()
    rig.start(SINK_FLUSH_SIZE="7")
    rig.start(SINK_FLUSH_SIZE="11")
    for first in range(0, 500, 50):
        rig.produce(_rows(first, 50))
    eventually("all records", lambda: len(rig.lines()) == 500)
    assert rig.lines() == _expected(500)


def test_objects_of_a_topic_that_was_made_anew_are_not_mistaken(rig: "Rig") -> None:
    """The partition is given up with a sentence; the old object stays as it is."""
    rig.make_topic()
    rig.s3.create_bucket(Bucket=rig.bucket)
    key = f"topics/{rig.topic}/partition=0/{rig.topic}+0+0000000000.json"
    rig.s3.put_object(Bucket=rig.bucket, Key=key, Body=b'{"index":"old"}\n')
    rig.start()
    rig.produce(_rows(0, 5))
    eventually("the complaint", lambda: "holds other records than" in rig.said())
    assert rig.objects() == {key: b'{"index":"old"}\n'}


def test_wait_names_the_lag_of_each_partition(rig: "Rig") -> None:
    """Nobody sinks: the time runs out, and the message says what is missing where."""
    rig.make_topic()
    rig.produce(_rows(0, 4))
    with pytest.raises(WaitError, match=rf"{rig.topic}\[0\]: 4.*make logs"):
        wait(rig.settings, 0.5, lambda _done, _of: None)


def test_the_command_refuses_an_unknown_word() -> None:
    """Wrong usage is exit code 2."""
    with pytest.raises(SystemExit) as stopped:
        main(["fly"])
    assert stopped.value.code == 2
